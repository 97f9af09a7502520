package io.holdfast.circuitbreaker;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;
import java.util.List;

/** The metrics of what Resilience4j does not have; the tag {@code name} is the policy. */
public enum ResilienceMetric implements MetricName {
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
        var all = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("name=<policy>"), java.util.stream.Stream.of(tags))
                .toList();
        this.spec = new MetricSpec(metric, kind, description, List.copyOf(all));
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
