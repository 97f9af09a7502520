package io.holdfast.circuitbreaker.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.micrometer.tagged.RetryMetricNames;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetricsPublisher;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetricsPublisher;
import io.github.resilience4j.micrometer.tagged.TimeLimiterMetricNames;
import io.holdfast.circuitbreaker.config.BulkheadConfig;
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
    void theCountsOfRetriesAndTimeoutsHaveTheNamesOfResilience4j() {
        assertThat(PolicyMetric.RETRY_CALLS.metric()).isEqualTo(RetryMetricNames.DEFAULT_RETRY_CALLS);
        assertThat(PolicyMetric.TIMEOUT_CALLS.metric()).isEqualTo(TimeLimiterMetricNames.DEFAULT_TIME_LIMITER_CALLS);
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

    @Test
    void theMetersOfABulkheadAreThoseOfTheBinderOfResilience4j() {
        MeterRegistry theirs = new SimpleMeterRegistry();
        MeterRegistry ours = new SimpleMeterRegistry();
        new TaggedBulkheadMetricsPublisher(theirs).publishMetrics(Bulkhead.ofDefaults("catalog"));
        Concurrency room = new Concurrency("catalog", BulkheadConfig.DEFAULT, ours);

        assertThat(ids(ours)).isEqualTo(ids(theirs)).isNotEmpty();
        room.close();
        assertThat(ids(ours)).isEmpty();
    }
}
