package io.holdfast.circuitbreaker.overload;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of adaptive limits and of admission at the server. */
public enum OverloadMetric implements MetricName {
    /** The learnt limit. */
    LIMIT(MetricSpec.gauge(
            "holdfast.overload.limit",
            "how many calls may run at once, as learnt",
            "name=<policy>, server for the node's own admission")),
    /** Calls under the limit. */
    INFLIGHT(MetricSpec.gauge(
            "holdfast.overload.inflight",
            "calls that run under the limit",
            "name=<policy> or server",
            "criticality=sheddable|sheddable_plus|critical|critical_plus")),
    /** Refused calls. */
    REFUSED(MetricSpec.counter(
            "holdfast.overload.refused",
            "calls that were refused before they began",
            "name=<policy> or server",
            "criticality=sheddable|sheddable_plus|critical|critical_plus",
            "reason=limit|queue|cpu|heap")),
    /** Shed share. */
    PRESSURE(MetricSpec.gauge(
            "holdfast.overload.pressure",
            "how many of the four classes of criticality are refused for lack of a resource, counted from the lowest; 1.5 is the lowest wholly and half of the next",
            "resource=cpu|heap")),
    /** The level. */
    BROWN_OUT(MetricSpec.gauge(
            "holdfast.overload.brownout.level", "how hard the node is pressed: 0 none, 1 light, 2 heavy, 3 full"));

    private final MetricSpec spec;

    OverloadMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
