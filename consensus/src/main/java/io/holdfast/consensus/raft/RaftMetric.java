package io.holdfast.consensus.raft;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of a Raft engine. */
public enum RaftMetric implements MetricName {
    /** From append to result. */
    APPEND(MetricSpec.timer(
            "holdfast.raft.append",
            "From an append on the leader until its entry is applied there.",
            "group=<configured name>",
            "result=applied|not_applied|unknown|overloaded")),
    /** Log syncs. */
    SYNC(MetricSpec.timer("holdfast.raft.log.sync", "Syncs of the log to the disk.", "group=<configured name>")),
    /** Elections. */
    ELECTIONS(MetricSpec.counter(
            "holdfast.raft.elections", "Elections that this replica stood for.", "group=<configured name>")),
    /** Snapshots written. */
    SNAPSHOT(MetricSpec.timer(
            "holdfast.raft.snapshot",
            "Snapshots that were written beside apply.",
            "group=<configured name>",
            "result=written|failed")),
    /** The term. */
    TERM(MetricSpec.gauge("holdfast.raft.term", "The term.", "group=<configured name>")),
    /** Whether it leads. */
    LEADER(MetricSpec.gauge(
            "holdfast.raft.leader", "1 while this replica leads, otherwise 0.", "group=<configured name>")),
    /** What is committed. */
    COMMITTED(MetricSpec.gauge(
            "holdfast.raft.committed", "The last log index known to be committed.", "group=<configured name>")),
    /** What is applied. */
    APPLIED(MetricSpec.gauge(
            "holdfast.raft.applied", "The last log index that was applied.", "group=<configured name>")),
    /** Alarms. */
    ALARMS(MetricSpec.counter(
            "holdfast.raft.alarms",
            "Events that need people: a replica stopped, a follower lost data, a leader lost its majority. The flight recorder says which.",
            "group=<configured name>"));

    private final MetricSpec spec;

    RaftMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
