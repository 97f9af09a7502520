package io.holdfast.circuitbreaker;

import io.holdfast.core.telemetry.MetricName;
import java.util.List;
import java.util.stream.Stream;

/** The metrics of policies. The names, kinds and tags are those of Resilience4j, so that dashboards made for it keep working; the tag {@code name} is the policy. */
public enum PolicyMetric implements MetricName {
    /** State of a breaker. */
    BREAKER_STATE(
            "resilience4j.circuitbreaker.state",
            Kind.GAUGE,
            "1 for the state that the breaker is in, 0 for the others",
            "state=closed|open|half_open|disabled|forced_open|metrics_only"),
    /** Calls through a breaker. */
    BREAKER_CALLS(
            "resilience4j.circuitbreaker.calls",
            Kind.TIMER,
            "how long the calls took that the breaker let pass, in seconds",
            "kind=successful|failed|ignored"),
    /** Calls that a breaker refused. */
    BREAKER_NOT_PERMITTED(
            "resilience4j.circuitbreaker.not.permitted.calls",
            Kind.COUNTER,
            "calls that the open breaker refused",
            "kind=not_permitted"),
    /** Window of a breaker. */
    BREAKER_BUFFERED(
            "resilience4j.circuitbreaker.buffered.calls",
            Kind.GAUGE,
            "calls in the window that the breaker judges by",
            "kind=successful|failed"),
    /** Slow calls in the window. */
    BREAKER_SLOW(
            "resilience4j.circuitbreaker.slow.calls", Kind.GAUGE, "slow calls in the window", "kind=successful|failed"),
    /** Failures in the window. */
    BREAKER_FAILURE_RATE(
            "resilience4j.circuitbreaker.failure.rate",
            Kind.GAUGE,
            "failed calls in the window, in percent; -1 while there are too few calls"),
    /** Slow share of the window. */
    BREAKER_SLOW_RATE(
            "resilience4j.circuitbreaker.slow.call.rate",
            Kind.GAUGE,
            "slow calls in the window, in percent; -1 while there are too few calls"),
    /** Calls with retries. */
    RETRY_CALLS(
            "resilience4j.retry.calls",
            Kind.COUNTER,
            "calls by how they ended and whether that took a retry",
            "kind=successful_without_retry|successful_with_retry|failed_without_retry|failed_with_retry"),
    /** Calls with a timeout. */
    TIMEOUT_CALLS(
            "resilience4j.timelimiter.calls",
            Kind.COUNTER,
            "attempts by how they ended within their timeout",
            "kind=successful|failed|timeout"),
    /** Room in a bulkhead. */
    BULKHEAD_AVAILABLE(
            "resilience4j.bulkhead.available.concurrent.calls", Kind.GAUGE, "calls that the bulkhead would admit now"),
    /** Size of a bulkhead. */
    BULKHEAD_MAX("resilience4j.bulkhead.max.allowed.concurrent.calls", Kind.GAUGE, "calls that the bulkhead admits"),
    /** Room in a rate limit. */
    RATE_LIMIT_AVAILABLE(
            "resilience4j.ratelimiter.available.permissions", Kind.GAUGE, "calls that the rate limit admits now"),
    /** Waiters of a rate limit. */
    RATE_LIMIT_WAITING("resilience4j.ratelimiter.waiting_threads", Kind.GAUGE, "threads that wait for the rate limit");

    private final String metric;
    private final Kind kind;
    private final String description;
    private final List<String> tags;

    PolicyMetric(String metric, Kind kind, String description, String... tags) {
        this.metric = metric;
        this.kind = kind;
        this.description = description;
        this.tags = Stream.concat(Stream.of("name=<policy>"), Stream.of(tags)).toList();
    }

    @Override
    public String metric() {
        return metric;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public List<String> tags() {
        return tags;
    }

    @Override
    public String description() {
        return description;
    }
}
