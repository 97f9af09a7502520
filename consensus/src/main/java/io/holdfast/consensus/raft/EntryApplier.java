package io.holdfast.consensus.raft;

import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.io.InputStream;

/** What a replica does with committed entries. Calls never overlap, except for {@link ReplicatedLog.Capture#writeTo}, which runs beside the others. It must not throw. */
public interface EntryApplier {
    /**
     * Applies an entry.
     *
     * @param index its log index; indexes grow, with gaps where the engine keeps entries of its own
     * @param entry the bytes, not to be kept without a copy
     * @return the result, for who appended it on this replica
     */
    byte[] apply(long index, byte[] entry);

    /**
     * Holds on to the state as it is now. Quick: it blocks the group.
     *
     * @return the state; closed by who asked
     */
    ReplicatedLog.Capture capture();

    /**
     * Replaces the state by a snapshot.
     *
     * @param index the last log index that it holds
     * @param snapshot what a capture wrote
     * @throws IOException if it cannot be read; the replica then stops. If it is a {@link io.holdfast.consensus.storage.DamagedException}, the next life begins with an older snapshot
     */
    void restore(long index, InputStream snapshot) throws IOException;
}
