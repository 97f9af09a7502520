package io.holdfast.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class MetricNameTest {
    private static final MetricName PROBE =
            () -> MetricSpec.timer("holdfast.swim.probe", "How long probes took, in seconds.", "result=ack|timeout");

    @Test
    void aMeterCarriesTheDescriptionOfItsMetric() {
        var meter = PROBE.timer().tag("result", "ack").register(new SimpleMeterRegistry());

        assertThat(meter.getId().getName()).isEqualTo("holdfast.swim.probe");
        assertThat(meter.getId().getDescription()).isEqualTo("How long probes took, in seconds.");
    }

    @Test
    void aMeterOfAnotherKindThanTheReferenceSaysIsRefused() {
        assertThatThrownBy(PROBE::counter)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("metric holdfast.swim.probe is a TIMER by its specification, not a COUNTER");
    }

    @Test
    void aSpecificationNeedsALowercaseNameADescriptionAndValuesForEachTag() {
        assertThatThrownBy(() -> MetricSpec.gauge("Members", "How many."))
                .hasMessage("metric (Members) must be lowercase words joined by dots");
        assertThatThrownBy(() -> MetricSpec.gauge("swim.members", " ")).hasMessageContaining("must have a description");
        assertThatThrownBy(() -> MetricSpec.gauge("swim.members", "How many.", "state"))
                .hasMessage("tag (state) of metric swim.members must be written as name=one|other");
    }
}
