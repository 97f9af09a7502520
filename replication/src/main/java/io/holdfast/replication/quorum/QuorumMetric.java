package io.holdfast.replication.quorum;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of leaderless replication. No tag names a row. */
public enum QuorumMetric implements MetricName {
    /** Calls of maps. */
    CALL(MetricSpec.timer(
            "holdfast.quorum.call",
            "How long calls of quorum maps took at the caller, in seconds.",
            "operation=read|write",
            "outcome=done|not_applied|unknown|unavailable|overloaded")),
    /** What happens beside calls. */
    EVENT(
            MetricSpec.counter(
                    "holdfast.quorum.event",
                    "What a node did to bring replicas together.",
                    "event=read_repair|hint_kept|hint_delivered|hint_refused|tree_repair|tombstone_collected|expired|overtaken")),
    /** Bytes of anti-entropy. */
    TREE_BYTES(MetricSpec.counter(
            "holdfast.quorum.tree.bytes", "Bytes that this node sent to compare and to repair rows by their trees.")),
    /** Rows. */
    ROWS(MetricSpec.gauge("holdfast.quorum.rows", "Rows of this node, tombstones among them.")),
    /** Partitions without their rows. */
    MISSING(MetricSpec.gauge(
            "holdfast.quorum.missing",
            "Partitions, of 256, of which this node has still to take rows from others; it answers no reads of them.")),
    /** Hints. */
    HINTS(MetricSpec.gauge("holdfast.quorum.hints", "Hints that this node keeps for others.")),
    /** Tombstones. */
    TOMBSTONES(MetricSpec.gauge(
            "holdfast.quorum.tombstones", "Rows of this node that are removed, and not forgotten yet."));

    private final MetricSpec spec;

    QuorumMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
