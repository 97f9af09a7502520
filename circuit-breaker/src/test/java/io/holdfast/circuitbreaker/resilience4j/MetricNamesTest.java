package io.holdfast.circuitbreaker.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetricsPublisher;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricNamesTest {
    private static List<String> ids(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getType() + " " + id.getName() + " " + id.getTags())
                .sorted()
                .toList();
    }

    @Test
    void theMetersOfABreakerAreThoseOfTheBinderOfResilience4j() {
        MeterRegistry theirs = new SimpleMeterRegistry();
        MeterRegistry ours = new SimpleMeterRegistry();
        new TaggedCircuitBreakerMetricsPublisher(theirs).publishMetrics(CircuitBreaker.ofDefaults("catalog"));
        BreakerMeters meters = new BreakerMeters(ours, CircuitBreaker.ofDefaults("catalog"));

        assertThat(ids(ours)).isEqualTo(ids(theirs)).isNotEmpty();
        meters.close();
        assertThat(ids(ours)).isEmpty();
    }
}
