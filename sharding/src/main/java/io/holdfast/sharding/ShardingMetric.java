package io.holdfast.sharding;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of sharding. No tag names a shard or a key: the hot ones are at {@code /admin/shards}. */
public enum ShardingMetric implements MetricName {
    /** Shards served. */
    OWNED(MetricSpec.gauge("holdfast.shard.owned", "Shards that this node serves now.", "space=<configured name>")),
    /** Moves that this node made as the coordinator. */
    MOVE(MetricSpec.counter(
            "holdfast.shard.move",
            "Changes of a shard's owner that this node, as the coordinator, brought to an end.",
            "space=<configured name>",
            "reason=nobody|gone|leaving|banned|unfit|pinned|balance|zone",
            "outcome=done|given_up")),
    /** How long a shard that moved was not served. */
    MOVE_DURATION(MetricSpec.timer(
            "holdfast.shard.move.duration",
            "From the moment this node learned that it owns a shard until it served it, in seconds.",
            "space=<configured name>",
            "how=handed_over|taken|new")),
    /** Lease reads. */
    LEASE(MetricSpec.counter(
            "holdfast.shard.lease",
            "Reads of the shard map that renew this node's lease.",
            "space=<configured name>",
            "result=renewed|failed")),
    /** Calls that came to the wrong node. */
    REDIRECT(MetricSpec.counter(
            "holdfast.shard.redirect",
            "Calls that came to a node which does not own the shard.",
            "space=<configured name>",
            "result=forwarded|refused")),
    /** Calls of entities. */
    ENTITY_CALL(MetricSpec.timer(
            "holdfast.entity.call",
            "How long calls of entities took at the caller, in seconds.",
            "type=<kind of entity>",
            "outcome=done|failed|unavailable|overloaded|unknown")),
    /** Entities alive. */
    ENTITY_ACTIVE(MetricSpec.gauge(
            "holdfast.entity.active", "Entities in the memory of this node.", "type=<kind of entity>")),
    /** Entities brought to life. */
    ENTITY_ACTIVATION(MetricSpec.counter(
            "holdfast.entity.activation",
            "Entities that were brought to life on this node.",
            "type=<kind of entity>",
            "result=done|failed")),
    /** Entities that left the memory. */
    ENTITY_PASSIVATION(MetricSpec.counter(
            "holdfast.entity.passivation",
            "Entities that left the memory of this node.",
            "type=<kind of entity>",
            "cause=idle|memory|moved|failed"));

    private final MetricSpec spec;

    ShardingMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
