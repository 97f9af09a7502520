package io.holdfast.consensus.raft;

import io.holdfast.core.GroupId;
import java.util.List;

/** Runs this node's replicas. */
public interface RaftEngine extends AutoCloseable {
    /** How a replica begins. */
    sealed interface Opening {
        /**
         * The group's first start, alike on all of its voters, with empty storage.
         *
         * @param voters who votes, this replica among them
         */
        record Found(List<PeerId> voters) implements Opening {
            /**
             * Copies the list.
             *
             * @param voters as the component
             */
            public Found {
                voters = List.copyOf(voters);
            }
        }

        /**
         * The group's first start, with this replica alone, on a state that comes from elsewhere. What the applier holds becomes the first snapshot: it is on disk before the replica takes part.
         * Storage of an attempt before, which ended in the middle, is gone on with.
         */
        record Seeded() implements Opening {}

        /** With empty storage, to be taken in as a voter by the group's leader. */
        record Join() implements Opening {}

        /** With the storage of the life before. */
        record Reopen() implements Opening {}
    }

    /**
     * Starts a replica. Blocks while the storage is read.
     *
     * @param group the group
     * @param self which peer it is
     * @param opening how it begins
     * @param applier its state
     * @return the replica
     * @throws StorageLostException if the storage is damaged so that this peer must never vote again
     * @throws io.holdfast.consensus.state.NeedsUpgradeException if a newer build wrote the storage
     * @throws io.holdfast.core.HoldfastException if the storage is missing, in use, of another peer, or has too little space; the message says what to do
     */
    RaftReplica open(GroupId group, PeerId self, Opening opening, EntryApplier applier);

    /** Stops all replicas. */
    @Override
    void close();
}
