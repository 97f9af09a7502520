package io.holdfast.discovery.traffic;

import io.holdfast.core.DurationText;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.outlier.OutlierEvent;
import java.util.Locale;
import java.util.function.Consumer;

/** Writes the decisions about one service down: the flight recorder for the why, counters for how often. Safe for use by many threads. */
final class TrafficEvents implements Consumer<OutlierEvent>, CanaryRun.Listener {
    private final String service;
    private final Telemetry telemetry;

    TrafficEvents(String service, Telemetry telemetry) {
        this.service = service;
        this.telemetry = telemetry;
    }

    @Override
    public void accept(OutlierEvent event) {
        if (event instanceof OutlierEvent.Ejected e) {
            outlier(
                    "ejected",
                    lower(e.kind()),
                    "node " + e.node() + " is out for " + DurationText.of(e.length()) + ": " + e.why());
        } else if (event instanceof OutlierEvent.Spared e) {
            outlier("spared", lower(e.kind()), "node " + e.node() + " stays in: " + e.why());
        } else if (event instanceof OutlierEvent.Probing e) {
            outlier("probing", "none", "node " + e.node() + " is tried with one call at a time");
        } else if (event instanceof OutlierEvent.Returned e) {
            outlier("returned", "none", "node " + e.node() + " is back: all probes were good");
        } else if (event instanceof OutlierEvent.Panic e) {
            String left = e.inService() + " of " + e.ready() + " ready instances are in";
            outlier(
                    e.on() ? "panic" : "calm",
                    "none",
                    e.on() ? left + ", too few: all are used" : left + ": those who are out get no calls again");
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private void outlier(String decision, String kind, String text) {
        telemetry.recorder().record("outlier", service, text);
        TrafficMetric.OUTLIERS
                .counter()
                .tag("service", service)
                .tag("decision", decision)
                .tag("kind", kind)
                .register(telemetry.meters())
                .increment();
    }

    @Override
    public void onDecision(CanaryConfig config, CanaryState before, CanaryState next, String why) {
        String version = "version " + config.version();
        if (next instanceof CanaryState.RolledBack) {
            canary("rollback", version + " is rolled back from " + before.percent() + "%: " + why);
        } else if (next instanceof CanaryState.Complete) {
            canary("complete", version + " has passed its last step and keeps " + next.percent() + "%: " + why);
        } else {
            canary("step", version + " goes from " + before.percent() + "% to " + next.percent() + "%: " + why);
        }
    }

    private void canary(String decision, String text) {
        telemetry.recorder().record("canary", service, text);
        TrafficMetric.CANARY
                .counter()
                .tag("service", service)
                .tag("decision", decision)
                .register(telemetry.meters())
                .increment();
    }

    void policy(String text) {
        telemetry.recorder().record("traffic", service, text);
    }

    void mirrored(String result) {
        TrafficMetric.MIRRORED
                .counter()
                .tag("service", service)
                .tag("result", result)
                .register(telemetry.meters())
                .increment();
    }

    void fault(String kind) {
        TrafficMetric.FAULTS
                .counter()
                .tag("service", service)
                .tag("kind", kind)
                .register(telemetry.meters())
                .increment();
    }
}
