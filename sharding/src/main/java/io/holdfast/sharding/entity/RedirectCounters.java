package io.holdfast.sharding.entity;

import io.holdfast.sharding.ShardingMetric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts calls that came to the wrong node. Safe for use by many threads. */
final class RedirectCounters {
    private final Counter forwarded;
    private final Counter refused;

    RedirectCounters(MeterRegistry meters, String space) {
        forwarded = counter(meters, space, "forwarded");
        refused = counter(meters, space, "refused");
    }

    private static Counter counter(MeterRegistry meters, String space, String result) {
        return ShardingMetric.REDIRECT
                .counter()
                .tag("space", space)
                .tag("result", result)
                .register(meters);
    }

    void forwarded() {
        forwarded.increment();
    }

    void refused() {
        refused.increment();
    }
}
