package io.holdfast.consensus.log;

import io.holdfast.core.telemetry.MetricName;
import java.util.List;

/** The metrics of the replicated log. */
public enum LogMetric implements MetricName {
    /** Commands. */
    COMMIT(
            "holdfast.raft.commit",
            Kind.TIMER,
            List.of("group=<configured name>", "result=done|not_applied|overloaded|unknown"),
            "How long commands took from the caller's node until their outcome."),
    /** Entries. */
    ENTRY(
            "holdfast.raft.entry.commands",
            Kind.SUMMARY,
            List.of("group=<configured name>"),
            "How many commands the entries had that this node appended as the leader; 0 is a tick."),
    /** Batches. */
    BATCH(
            "holdfast.raft.batch.commands",
            Kind.SUMMARY,
            List.of("group=<configured name>"),
            "How many commands the batches had that this node sent to the leader."),
    /** What waits. */
    QUEUED(
            "holdfast.raft.queued",
            Kind.GAUGE,
            List.of("group=<configured name>"),
            "How many commands wait on this node to be sent to the leader."),
    /** Reads. */
    READ(
            "holdfast.raft.read",
            Kind.TIMER,
            List.of(
                    "group=<configured name>",
                    "consistency=linearizable|at_least|bounded|local",
                    "result=done|unavailable"),
            "How long queries took."),
    /** Probes. */
    PROBE(
            "holdfast.raft.probe",
            Kind.COUNTER,
            List.of("group=<configured name>", "result=passed|refused"),
            "How often this node, as the leader, asked the voters for their term to make reads safe.");

    private final String metric;
    private final Kind kind;
    private final List<String> tags;
    private final String description;

    LogMetric(String metric, Kind kind, List<String> tags, String description) {
        this.metric = metric;
        this.kind = kind;
        this.tags = tags;
        this.description = description;
    }

    @Override
    public String metric() {
        return metric;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public List<String> tags() {
        return tags;
    }

    @Override
    public String description() {
        return description;
    }
}
