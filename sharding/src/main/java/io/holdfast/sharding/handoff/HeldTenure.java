package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.sharding.Tenure;
import java.util.OptionalLong;

/** A tenure whose lease is the node's, until it ends: what stands when the shard begins to be drained is the last. */
final class HeldTenure implements Tenure {
    private final int shard;
    private final Epoch epoch;
    private final ReplicatedTable table;
    private final ReplicatedTable.Condition fence;
    private final Lease lease;
    private volatile OptionalLong last = OptionalLong.empty();
    private volatile boolean ended;

    HeldTenure(int shard, Epoch epoch, ReplicatedTable table, ReplicatedTable.Condition fence, Lease lease) {
        this.shard = shard;
        this.epoch = epoch;
        this.table = table;
        this.fence = fence;
        this.lease = lease;
    }

    /** The lease is not renewed any more. */
    void freeze() {
        last = OptionalLong.of(lease.untilNanos());
    }

    /** It is over. */
    void end() {
        ended = true;
    }

    @Override
    public int shard() {
        return shard;
    }

    @Override
    public Epoch epoch() {
        return epoch;
    }

    @Override
    public ReplicatedTable table() {
        return table;
    }

    @Override
    public ReplicatedTable.Condition fence() {
        return fence;
    }

    /** The node's lease is read before the tenure's own end: the other way round it might be one that was renewed after the tenure had been frozen. */
    @Override
    public boolean holds() {
        long until = lease.untilNanos();
        return lease.holds(last.orElse(until)) && !ended;
    }

    @Override
    public String toString() {
        return "shard " + shard + " in epoch " + epoch;
    }
}
