package io.holdfast.core.cluster;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import java.util.concurrent.CompletionStage;

/**
 * One order of entries for all replicas of a group. Each replica applies each committed entry exactly once, in order. Safe for use by many threads.
 */
public interface ReplicatedLog extends AutoCloseable {
    /** What a replica does with committed entries. Called by one thread; deterministic, without clock or chance. */
    interface Applier {
        /**
         * Applies an entry.
         *
         * @param index its place in the log, growing by one or more
         * @param entry the bytes
         * @return the result for who proposed it
         */
        byte[] apply(long index, byte[] entry);

        /**
         * The state as bytes, to start a replica from.
         *
         * @return the snapshot
         */
        byte[] snapshot();

        /**
         * Replaces the state by a snapshot.
         *
         * @param index the last entry that it holds
         * @param snapshot the bytes
         */
        void restore(long index, byte[] snapshot);
    }

    /**
     * The group that keeps the log.
     *
     * @return its id
     */
    GroupId group();

    /**
     * Who leads the group.
     *
     * @return its leadership
     */
    Leadership leadership();

    /**
     * Proposes an entry, on any node.
     *
     * @param entry the bytes
     * @param deadline until when the caller waits
     * @return the applier's result, once the entry is committed and applied. Fails with {@link io.holdfast.core.NotAppliedException},
     *     {@link io.holdfast.core.OverloadedException} (surely not appended) or {@link io.holdfast.core.UnknownOutcomeException} (it may still be committed)
     */
    CompletionStage<byte[]> propose(byte[] entry, Deadline deadline);

    /**
     * Completes when this node has applied all that was committed before the call, so that a read of the local state is linearizable.
     *
     * @param deadline until when the caller waits
     * @return the index that was reached; fails with {@link io.holdfast.core.UnavailableException} if no majority answers in time
     */
    CompletionStage<Long> readBarrier(Deadline deadline);

    /**
     * The last entry that this node has applied.
     *
     * @return its index, 0 before the first
     */
    long applied();

    @Override
    void close();
}
