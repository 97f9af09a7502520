package io.holdfast.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsReferenceTest {
    enum Sample implements MetricName {
        PROBE;

        @Override
        public MetricSpec spec() {
            return MetricSpec.timer("holdfast.swim.probe", "How long a probe took, in seconds.", "result=ack|timeout");
        }
    }

    @Test
    void theReferenceListsEveryMetricOfAModule() {
        assertThat(MetricsReference.markdown(Map.of("discovery", List.of(Sample.values()))))
                .isEqualTo("""
                        ## discovery

                        | metric | kind | tags | what it says |
                        |---|---|---|---|
                        | `holdfast.swim.probe` | timer | result=ack\\|timeout | How long a probe took, in seconds. |
                        """);
    }
}
