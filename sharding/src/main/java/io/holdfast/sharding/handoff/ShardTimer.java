package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;

/** The timers of {@link ShardNode}. */
public sealed interface ShardTimer {
    /** Confirm the lease, ask again for what was not answered, plan. */
    record Tick() implements ShardTimer {}

    /**
     * The previous owner had its time.
     *
     * @param shard which shard
     * @param epoch of the owner that waits
     */
    record WaitOver(int shard, Epoch epoch) implements ShardTimer {}

    /**
     * Calls that are under way had their time.
     *
     * @param shard which shard
     * @param epoch of the owner that drains
     */
    record DrainOver(int shard, Epoch epoch) implements ShardTimer {}

    /** The leaving had its time. */
    record LeaveOver() implements ShardTimer {}
}
