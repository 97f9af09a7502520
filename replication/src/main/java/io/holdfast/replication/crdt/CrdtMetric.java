package io.holdfast.replication.crdt;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of replicated data types. No tag names an object. */
public enum CrdtMetric implements MetricName {
    /** Objects on this node. */
    OBJECTS(MetricSpec.gauge("holdfast.crdt.objects", "Replicated values on this node.")),
    /** How large they are. */
    SIZE(MetricSpec.gauge("holdfast.crdt.size", "The replicated values of this node together, in bytes.")),
    /** What is kept for peers. */
    BACKLOG(MetricSpec.gauge(
            "holdfast.crdt.backlog", "Changes that are kept until all peers have acknowledged them, in bytes.")),
    /** What is sent. */
    SENT(MetricSpec.summary(
            "holdfast.crdt.sent",
            "Size of the messages that this node sent, in bytes.",
            "content=digests|objects|piece|ack")),
    /** What is refused. */
    REFUSED(MetricSpec.counter("holdfast.crdt.refused", "Updates that were refused because a bound was reached."));

    private final MetricSpec spec;

    CrdtMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
