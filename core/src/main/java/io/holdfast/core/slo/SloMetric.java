package io.holdfast.core.slo;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of objectives. */
public enum SloMetric implements MetricName {
    /** Calls. */
    EVENTS(MetricSpec.counter(
            "holdfast.slo.events",
            "calls that this node made of a service, counted after all policies, against an objective",
            "service=configured",
            "objective=availability|latency",
            "result=good|bad")),
    /** How fast the budget goes. */
    BURN_RATE(MetricSpec.gauge(
            "holdfast.slo.burn.rate",
            "how fast the budget for bad calls is spent over a window, as this node sees it; 1 spends it exactly",
            "service=configured",
            "objective=availability|latency",
            "window=5m|30m|1h|6h|3d")),
    /** What is left. */
    BUDGET_REMAINING(MetricSpec.gauge(
            "holdfast.slo.budget.remaining",
            "which share of the budget for bad calls of the last three days is left, as this node sees it; negative when it is overspent",
            "service=configured",
            "objective=availability|latency"));

    private final MetricSpec spec;

    SloMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
