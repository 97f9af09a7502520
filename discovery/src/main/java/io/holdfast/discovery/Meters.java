package io.holdfast.discovery;

import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.swim.SwimEvent;
import io.micrometer.core.instrument.Gauge;
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
            probes.put(result, registry.timer(DiscoveryMetric.PROBE.metric(), "result", lower(result)));
        }
        for (MemberState state : MemberState.values()) {
            gauges.add(Gauge.builder(
                            DiscoveryMetric.MEMBERS.metric(),
                            view,
                            v -> v.known().values().stream()
                                    .filter(member -> member.state() == state)
                                    .count())
                    .description(DiscoveryMetric.MEMBERS.description())
                    .tag("state", lower(state))
                    .register(registry));
        }
        gauges.add(Gauge.builder(DiscoveryMetric.HEALTH.metric(), this, meters -> meters.health)
                .description(DiscoveryMetric.HEALTH.description())
                .register(registry));
        gauges.add(Gauge.builder(DiscoveryMetric.INSTANCES.metric(), view, View::count)
                .description(DiscoveryMetric.INSTANCES.description())
                .register(registry));
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
        registry.counter(DiscoveryMetric.DECISIONS.metric(), "kind", lower(kind))
                .increment();
    }

    void dropped(String reason) {
        registry.counter(DiscoveryMetric.DROPPED.metric(), "reason", reason).increment();
    }

    @Override
    public void close() {
        gauges.forEach(registry::remove);
    }
}
