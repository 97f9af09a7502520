package io.holdfast.sharding.handoff;

import io.holdfast.core.env.MonotonicClock;
import io.holdfast.sharding.ShardingMetric;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.placement.Reason;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** The meters of ownership. On the protocol's thread, but for {@link #close}. */
final class ShardMeters implements AutoCloseable {
    private record Coming(Ownership own, long sinceNanos) {}

    private final MeterRegistry registry;
    private final String space;
    private final MonotonicClock clock;
    private final Meter owned;
    private final Map<Integer, Coming> coming = new HashMap<>();

    ShardMeters(MeterRegistry registry, String space, MonotonicClock clock, IntSupplier served) {
        this.registry = registry;
        this.space = space;
        this.clock = clock;
        this.owned =
                ShardingMetric.OWNED.gauge(served::getAsInt).tag("space", space).register(registry);
    }

    void leased(boolean renewed) {
        ShardingMetric.LEASE
                .counter()
                .tag("space", space)
                .tag("result", renewed ? "renewed" : "failed")
                .register(registry)
                .increment();
    }

    void moved(Reason reason, boolean done) {
        ShardingMetric.MOVE
                .counter()
                .tag("space", space)
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .tag("outcome", done ? "done" : "given_up")
                .register(registry)
                .increment();
    }

    void onMap(ShardMap map, Host self) {
        for (int shard = 0; shard < map.shards().size(); shard++) {
            Ownership own = map.at(shard);
            Coming known = coming.get(shard);
            if (own.owner().filter(self::equals).isEmpty()) {
                coming.remove(shard);
            } else if (known == null || !known.own().epoch().equals(own.epoch())) {
                coming.put(shard, new Coming(own, clock.nanoTime()));
            }
        }
    }

    void onServe(ShardEvent.Serve serve) {
        Coming known = coming.get(serve.shard());
        if (known != null && known.own().epoch().equals(serve.epoch())) {
            ShardingMetric.MOVE_DURATION
                    .timer()
                    .tag("space", space)
                    .tag("how", how(known.own()))
                    .register(registry)
                    .record(clock.nanoTime() - known.sinceNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private static String how(Ownership own) {
        return own.previous().isEmpty() ? "new" : own.handsOver() ? "handed_over" : "taken";
    }

    @Override
    public void close() {
        registry.remove(owned);
    }
}
