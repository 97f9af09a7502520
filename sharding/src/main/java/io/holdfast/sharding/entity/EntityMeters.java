package io.holdfast.sharding.entity;

import io.holdfast.sharding.ShardingMetric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The metrics of entities. Tags are the kinds that are registered on this node, so their number is bounded. Safe for use by many threads. */
final class EntityMeters {
    private static final String OTHER = "other";

    /** How a call ended for its caller. */
    enum Outcome {
        DONE,
        FAILED,
        UNAVAILABLE,
        OVERLOADED,
        UNKNOWN
    }

    private final MeterRegistry registry;
    private final Map<String, OfKind> kinds = new ConcurrentHashMap<>();
    private final OfKind other;

    EntityMeters(MeterRegistry registry) {
        this.registry = registry;
        this.other = new OfKind(registry, OTHER);
    }

    /** A kind of this node gets a tag of its own. */
    void add(String kind) {
        kinds.computeIfAbsent(kind, name -> new OfKind(registry, name));
    }

    private OfKind of(String kind) {
        return kinds.getOrDefault(kind, other);
    }

    void activated(String kind, boolean done) {
        OfKind meters = of(kind);
        (done ? meters.activated : meters.notActivated).increment();
        if (done) {
            meters.active.incrementAndGet();
        }
    }

    void passivated(String kind, Departure cause) {
        OfKind meters = of(kind);
        meters.active.decrementAndGet();
        Objects.requireNonNull(meters.departures.get(cause), "one for each").increment();
    }

    long active(String kind) {
        return of(kind).active.get();
    }

    void called(String kind, Outcome outcome, long nanos) {
        Objects.requireNonNull(of(kind).calls.get(outcome), "one for each").record(Duration.ofNanos(nanos));
    }

    private static final class OfKind {
        private final AtomicLong active = new AtomicLong();
        private final Counter activated;
        private final Counter notActivated;
        private final Map<Departure, Counter> departures = new EnumMap<>(Departure.class);
        private final Map<Outcome, Timer> calls = new EnumMap<>(Outcome.class);

        OfKind(MeterRegistry registry, String kind) {
            activated = activation(registry, kind, "done");
            notActivated = activation(registry, kind, "failed");
            ShardingMetric.ENTITY_ACTIVE
                    .gauge(active, AtomicLong::get)
                    .tag("type", kind)
                    .strongReference(true)
                    .register(registry);
            for (Departure cause : Departure.values()) {
                departures.put(
                        cause,
                        ShardingMetric.ENTITY_PASSIVATION
                                .counter()
                                .tag("type", kind)
                                .tag("cause", cause.tag())
                                .register(registry));
            }
            for (Outcome outcome : Outcome.values()) {
                calls.put(
                        outcome,
                        ShardingMetric.ENTITY_CALL
                                .timer()
                                .tag("type", kind)
                                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                                .register(registry));
            }
        }

        private static Counter activation(MeterRegistry registry, String kind, String result) {
            return ShardingMetric.ENTITY_ACTIVATION
                    .counter()
                    .tag("type", kind)
                    .tag("result", result)
                    .register(registry);
        }
    }
}
