package io.holdfast.replication.event;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of event logs and their consumers. */
public enum EventMetric implements MetricName {
    /** Appends. */
    APPEND(MetricSpec.timer(
            "holdfast.log.append",
            "How long appends took, in seconds; refused: the partition is full, or a condition did not hold; failed: not done, or the outcome is unknown.",
            "log=<name in the code>",
            "result=done|refused|failed")),
    /** What was appended. */
    APPENDED(MetricSpec.counter("holdfast.log.appended", "Events that were appended.", "log=<name in the code>")),
    /** What was consumed. */
    CONSUMED(MetricSpec.counter(
            "holdfast.log.consumed",
            "Events that this node has dealt with, as far as their position is committed.",
            "log=<name in the code>",
            "group=<name in the code>")),
    /** How far consumers are behind. */
    LAG(MetricSpec.gauge(
            "holdfast.log.lag",
            "Events between the committed position and the end of the partitions that this node consumes, as seen with the last batch or within ten seconds; the sum over all nodes is the group's.",
            "log=<name in the code>",
            "group=<name in the code>")),
    /** Partitions by state. */
    PARTITIONS(MetricSpec.gauge(
            "holdfast.log.partitions",
            "Partitions that this node consumes, takes over or gives up; parked ones wait for somebody to retry or skip an event.",
            "log=<name in the code>",
            "group=<name in the code>",
            "state=waiting|running|parked|ending"));

    private final MetricSpec spec;

    EventMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
