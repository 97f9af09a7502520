package io.holdfast.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsReferenceTest {
    enum Sample implements MetricName {
        PROBE;

        @Override
        public String metric() {
            return "holdfast.swim.probe";
        }

        @Override
        public Kind kind() {
            return Kind.TIMER;
        }

        @Override
        public List<String> tags() {
            return List.of("result=ack|timeout");
        }

        @Override
        public String description() {
            return "How long a probe took, in seconds.";
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
