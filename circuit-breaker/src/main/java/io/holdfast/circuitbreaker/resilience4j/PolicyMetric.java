package io.holdfast.circuitbreaker.resilience4j;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;
import java.util.stream.Stream;

/** The metrics of policies. The names, kinds and tags are those of Resilience4j, so that dashboards made for it keep working; the tag {@code name} is the policy. */
public enum PolicyMetric implements MetricName {
    /** State of a breaker. */
    BREAKER_STATE(
            "resilience4j.circuitbreaker.state",
            MetricSpec.Kind.GAUGE,
            "1 for the state that the breaker is in, 0 for the others",
            "state=closed|open|half_open|disabled|forced_open|metrics_only"),
    /** Calls through a breaker. */
    BREAKER_CALLS(
            "resilience4j.circuitbreaker.calls",
            MetricSpec.Kind.TIMER,
            "how long the calls took that the breaker let pass, in seconds",
            "kind=successful|failed|ignored"),
    /** Calls that a breaker refused. */
    BREAKER_NOT_PERMITTED(
            "resilience4j.circuitbreaker.not.permitted.calls",
            MetricSpec.Kind.COUNTER,
            "calls that the open breaker refused",
            "kind=not_permitted"),
    /** Window of a breaker. */
    BREAKER_BUFFERED(
            "resilience4j.circuitbreaker.buffered.calls",
            MetricSpec.Kind.GAUGE,
            "calls in the window that the breaker judges by",
            "kind=successful|failed"),
    /** Slow calls in the window. */
    BREAKER_SLOW(
            "resilience4j.circuitbreaker.slow.calls",
            MetricSpec.Kind.GAUGE,
            "slow calls in the window",
            "kind=successful|failed"),
    /** Failures in the window. */
    BREAKER_FAILURE_RATE(
            "resilience4j.circuitbreaker.failure.rate",
            MetricSpec.Kind.GAUGE,
            "failed calls in the window, in percent; -1 while there are too few calls"),
    /** Slow share of the window. */
    BREAKER_SLOW_RATE(
            "resilience4j.circuitbreaker.slow.call.rate",
            MetricSpec.Kind.GAUGE,
            "slow calls in the window, in percent; -1 while there are too few calls"),
    /** Calls with retries. */
    RETRY_CALLS(
            "resilience4j.retry.calls",
            MetricSpec.Kind.COUNTER,
            "calls by how they ended and whether that took a retry",
            "kind=successful_without_retry|successful_with_retry|failed_without_retry|failed_with_retry"),
    /** Calls with a timeout. */
    TIMEOUT_CALLS(
            "resilience4j.timelimiter.calls",
            MetricSpec.Kind.COUNTER,
            "attempts by how they ended within their timeout",
            "kind=successful|failed|timeout"),
    /** Room in a bulkhead. */
    BULKHEAD_AVAILABLE(
            "resilience4j.bulkhead.available.concurrent.calls",
            MetricSpec.Kind.GAUGE,
            "calls that the bulkhead would admit now"),
    /** Size of a bulkhead. */
    BULKHEAD_MAX(
            "resilience4j.bulkhead.max.allowed.concurrent.calls",
            MetricSpec.Kind.GAUGE,
            "calls that the bulkhead admits"),
    /** Room in a rate limit. */
    RATE_LIMIT_AVAILABLE(
            "resilience4j.ratelimiter.available.permissions",
            MetricSpec.Kind.GAUGE,
            "calls that the rate limit admits now"),
    /** Waiters of a rate limit. */
    RATE_LIMIT_WAITING(
            "resilience4j.ratelimiter.waiting_threads", MetricSpec.Kind.GAUGE, "threads that wait for the rate limit");

    private final MetricSpec spec;

    PolicyMetric(String metric, MetricSpec.Kind kind, String description, String... tags) {
        var all = Stream.concat(Stream.of("name=<policy>"), Stream.of(tags)).toList();
        this.spec = new MetricSpec(metric, kind, description, all);
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
