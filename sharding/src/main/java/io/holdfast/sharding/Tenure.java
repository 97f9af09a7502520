package io.holdfast.sharding;

import io.holdfast.core.Epoch;
import io.holdfast.core.cluster.ReplicatedTable;

/** One node's ownership of one shard in one epoch. Safe for use by many threads. */
public interface Tenure {
    /**
     * The shard.
     *
     * @return its number
     */
    int shard();

    /**
     * The epoch, which is the fencing token too.
     *
     * @return the epoch
     */
    Epoch epoch();

    /**
     * The table of the shard's group.
     *
     * @return the table
     */
    ReplicatedTable table();

    /**
     * What every commit must ask for: it holds until a later owner has fenced the shard.
     *
     * @return the condition on the fence's row
     */
    ReplicatedTable.Condition fence();

    /**
     * Whether what this node knows of the shard is the latest, without asking anybody: no other node can have written since, for the lease holds. Ask after reading, before answering.
     *
     * @return false if the lease has run out; then a linearizable read of the table must answer, or nobody
     */
    boolean holds();
}
