package io.holdfast.circuitbreaker.overload;

import io.holdfast.core.call.Criticality;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Publishes the meters of limits under one name. For use by one thread; the meters read safely. */
public final class OverloadMeters {
    private final String name;
    private final MeterRegistry registry;
    private final List<Meter> published = new ArrayList<>();
    private final List<ToLongFunction<Criticality>> sources = new ArrayList<>(); // a registry holds them weakly

    /**
     * Publishes nothing yet.
     *
     * @param name the tag {@code name}
     * @param registry where the meters go
     */
    public OverloadMeters(String name, MeterRegistry registry) {
        this.name = name;
        this.registry = registry;
    }

    /**
     * Publishes the limit and the calls under it.
     *
     * @param limiter the limiter, which the meters keep
     */
    public void limiter(AdaptiveLimiter limiter) {
        add(OverloadMetric.LIMIT.gauge(limiter::limit).tag("name", name).register(registry));
        for (Criticality each : Criticality.values()) {
            add(OverloadMetric.INFLIGHT
                    .gauge(() -> limiter.inflight(each))
                    .tag("name", name)
                    .tag("criticality", tag(each))
                    .register(registry));
        }
    }

    /**
     * Publishes the calls refused for a reason.
     *
     * @param reason the tag {@code reason}
     * @param counts tells how many of each class
     */
    public void refused(String reason, ToLongFunction<Criticality> counts) {
        sources.add(counts);
        for (Criticality each : Criticality.values()) {
            add(OverloadMetric.REFUSED
                    .counter(counts, source -> source.applyAsLong(each))
                    .tag("name", name)
                    .tag("criticality", tag(each))
                    .tag("reason", reason)
                    .register(registry));
        }
    }

    void add(Meter meter) {
        published.add(meter);
    }

    private static String tag(Criticality criticality) {
        return criticality.name().toLowerCase(Locale.ROOT);
    }

    /** Takes all of them away. */
    public void close() {
        published.forEach(registry::remove);
        published.clear();
        sources.clear();
    }
}
