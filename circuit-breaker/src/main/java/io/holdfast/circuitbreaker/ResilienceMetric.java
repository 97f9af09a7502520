package io.holdfast.circuitbreaker;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;
import java.util.stream.Stream;

/** The metrics of what Resilience4j does not have; the tag {@code name} is the policy. */
public enum ResilienceMetric implements MetricName {
    /** Calls of pipelines with a cache. */
    CACHE(
            "holdfast.policy.cache.requests",
            MetricSpec.Kind.COUNTER,
            "calls by what answered: a fresh result, a stale one (before or after a failed call), or a call; and renewals in the background that failed",
            "result=fresh|stale|stale_on_error|miss|renewal_failed"),
    /** Calls that another call answered. */
    COALESCED(
            "holdfast.policy.coalesced",
            MetricSpec.Kind.COUNTER,
            "calls that the same call of another thread answered"),
    /** Refusals of a sliding, smooth or keyed rate limit. */
    RATE_REFUSED(
            "holdfast.policy.rate.refused",
            MetricSpec.Kind.COUNTER,
            "calls that a sliding, smooth or keyed rate limit refused"),
    /** Keys of a rate limit. */
    RATE_KEYS(
            "holdfast.policy.rate.keys",
            MetricSpec.Kind.GAUGE,
            "principals or baggage entries that a sliding, smooth or keyed rate limit counts; 1 if it is for all together"),
    /** Second attempts. */
    HEDGES(
            "holdfast.policy.hedges",
            MetricSpec.Kind.COUNTER,
            "second attempts by whether their answer was the one that counted",
            "result=won|lost"),
    /** When a second attempt begins. */
    HEDGE_DELAY(
            "holdfast.policy.hedge.delay",
            MetricSpec.Kind.GAUGE,
            "after how many seconds a second attempt begins; -1 while too few calls were seen"),
    /** The share of a limit of the whole cluster. */
    QUOTA_SHARE(
            "holdfast.policy.quota.share",
            MetricSpec.Kind.GAUGE,
            "how many calls a second this node may make of a rate limit of the whole cluster"),
    /** Calls under a limit of the whole cluster. */
    QUOTA_CALLS(
            "holdfast.policy.quota.calls",
            MetricSpec.Kind.COUNTER,
            "calls under a rate limit of the whole cluster",
            "result=admitted|refused");

    private final MetricSpec spec;

    ResilienceMetric(String metric, MetricSpec.Kind kind, String description, String... tags) {
        var all = Stream.concat(Stream.of("name=<policy>"), Stream.of(tags)).toList();
        this.spec = new MetricSpec(metric, kind, description, all);
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
