package io.holdfast.discovery;

import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.swim.SwimEvent;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The meters of {@link DiscoveryMetric}. Gauges are taken out of the registry on close, so that it does not keep a closed node. */
final class Meters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Map<SwimEvent.ProbeResult, Timer> probes = new EnumMap<>(SwimEvent.ProbeResult.class);
    private final List<Meter> gauges = new ArrayList<>();
    private volatile int health;

    Meters(Telemetry telemetry, View view) {
        registry = telemetry.meters();
        for (SwimEvent.ProbeResult result : SwimEvent.ProbeResult.values()) {
            probes.put(
                    result,
                    DiscoveryMetric.PROBE.timer().tag("result", lower(result)).register(registry));
        }
        for (MemberState state : MemberState.values()) {
            gauges.add(DiscoveryMetric.MEMBERS
                    .gauge(
                            view,
                            v -> v.known().values().stream()
                                    .filter(member -> member.state() == state)
                                    .count())
                    .tag("state", lower(state))
                    .register(registry));
        }
        gauges.add(DiscoveryMetric.HEALTH.gauge(this, meters -> meters.health).register(registry));
        gauges.add(DiscoveryMetric.INSTANCES.gauge(view, View::count).register(registry));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    void probed(SwimEvent.Probed probed) {
        Timer timer = probes.get(probed.result());
        if (timer != null) {
            timer.record(probed.nanos(), TimeUnit.NANOSECONDS);
        }
    }

    void health(int score) {
        health = score;
    }

    void decided(SwimEvent.Decision kind) {
        DiscoveryMetric.DECISIONS
                .counter()
                .tag("kind", lower(kind))
                .register(registry)
                .increment();
    }

    void dropped(String reason) {
        DiscoveryMetric.DROPPED
                .counter()
                .tag("reason", reason)
                .register(registry)
                .increment();
    }

    @Override
    public void close() {
        gauges.forEach(registry::remove);
    }
}
