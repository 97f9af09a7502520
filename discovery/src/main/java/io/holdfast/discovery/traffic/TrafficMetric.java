package io.holdfast.discovery.traffic;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of traffic. */
public enum TrafficMetric implements MetricName {
    /** Who is out. */
    EJECTED(MetricSpec.gauge(
            "holdfast.outlier.ejected", "How many instances of a service are out or on probe.", "service=<service>")),
    /** Decisions about outliers. */
    OUTLIERS(MetricSpec.counter(
            "holdfast.outlier.decisions",
            "What was decided about outliers; the flight recorder says why.",
            "service=<service>",
            "decision=ejected|spared|probing|returned|panic|calm",
            "kind=failures|success_rate|latency|probe|none")),
    /** Copies. */
    MIRRORED(MetricSpec.counter(
            "holdfast.traffic.mirrored",
            "Copies of calls: answered, failed, or not sent because too many were under way or nobody has the version.",
            "service=<service>",
            "result=ok|failed|full|nobody")),
    /** Faults. */
    FAULTS(MetricSpec.counter(
            "holdfast.traffic.faults",
            "Calls that were made slow or failed on purpose by a rule.",
            "service=<service>",
            "kind=latency|error")),
    /** The canary's share. */
    CANARY_PERCENT(MetricSpec.gauge(
            "holdfast.canary.percent", "The share of the calls that a canary gets, in percent.", "service=<service>")),
    /** Decisions about canaries. */
    CANARY(MetricSpec.counter(
            "holdfast.canary.decisions",
            "What was decided about canaries; the flight recorder says why.",
            "service=<service>",
            "decision=step|rollback|complete"));

    private final MetricSpec spec;

    TrafficMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
