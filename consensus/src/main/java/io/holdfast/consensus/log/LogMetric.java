package io.holdfast.consensus.log;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of the replicated log. */
public enum LogMetric implements MetricName {
    /** Commands. */
    COMMIT(MetricSpec.timer(
            "holdfast.raft.commit",
            "How long commands took from the caller's node until their outcome, in seconds.",
            "group=<configured name>",
            "result=done|not_applied|overloaded|unknown")),
    /** Entries. */
    ENTRY(MetricSpec.summary(
            "holdfast.raft.entry.commands",
            "How many commands the entries had that this node appended as the leader; 0 is a tick.",
            "group=<configured name>")),
    /** Batches. */
    BATCH(MetricSpec.summary(
            "holdfast.raft.batch.commands",
            "How many commands the batches had that this node sent to the leader.",
            "group=<configured name>")),
    /** What waits. */
    QUEUED(MetricSpec.gauge(
            "holdfast.raft.queued",
            "How many commands wait on this node to be sent to the leader.",
            "group=<configured name>")),
    /** Reads. */
    READ(MetricSpec.timer(
            "holdfast.raft.read",
            "How long queries took, in seconds.",
            "group=<configured name>",
            "consistency=linearizable|at_least|bounded|local",
            "result=done|unavailable")),
    /** Probes. */
    PROBE(MetricSpec.counter(
            "holdfast.raft.probe",
            "How often this node, as the leader, asked the voters for their term to make reads safe.",
            "group=<configured name>",
            "result=passed|refused"));

    private final MetricSpec spec;

    LogMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
