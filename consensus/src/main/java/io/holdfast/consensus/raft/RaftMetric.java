package io.holdfast.consensus.raft;

import io.holdfast.core.telemetry.MetricName;
import java.util.List;

/** The metrics of a Raft engine. */
public enum RaftMetric implements MetricName {
    /** From append to result. */
    APPEND(
            "holdfast.raft.append",
            Kind.TIMER,
            "From an append on the leader until its entry is applied there.",
            "group=<configured name>",
            "result=applied|not_applied|unknown|overloaded"),
    /** Log syncs. */
    SYNC("holdfast.raft.log.sync", Kind.TIMER, "Syncs of the log to the disk.", "group=<configured name>"),
    /** Elections. */
    ELECTIONS(
            "holdfast.raft.elections",
            Kind.COUNTER,
            "Elections that this replica stood for.",
            "group=<configured name>"),
    /** Snapshots written. */
    SNAPSHOT(
            "holdfast.raft.snapshot",
            Kind.TIMER,
            "Snapshots that were written beside apply.",
            "group=<configured name>",
            "result=written|failed"),
    /** The term. */
    TERM("holdfast.raft.term", Kind.GAUGE, "The term.", "group=<configured name>"),
    /** Whether it leads. */
    LEADER("holdfast.raft.leader", Kind.GAUGE, "1 while this replica leads, otherwise 0.", "group=<configured name>"),
    /** What is committed. */
    COMMITTED(
            "holdfast.raft.committed",
            Kind.GAUGE,
            "The last log index known to be committed.",
            "group=<configured name>"),
    /** What is applied. */
    APPLIED("holdfast.raft.applied", Kind.GAUGE, "The last log index that was applied.", "group=<configured name>"),
    /** Alarms. */
    ALARMS(
            "holdfast.raft.alarms",
            Kind.COUNTER,
            "Events that need people: a replica stopped, a follower lost data, a leader lost its majority. The flight recorder says which.",
            "group=<configured name>");

    private final String metric;
    private final Kind kind;
    private final String description;
    private final List<String> tags;

    RaftMetric(String metric, Kind kind, String description, String... tags) {
        this.metric = metric;
        this.kind = kind;
        this.description = description;
        this.tags = List.of(tags);
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
