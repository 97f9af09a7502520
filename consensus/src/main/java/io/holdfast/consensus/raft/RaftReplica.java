package io.holdfast.consensus.raft;

import io.holdfast.core.GroupId;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** This node's replica of one group. */
public interface RaftReplica extends AutoCloseable {
    /**
     * The group.
     *
     * @return its id
     */
    GroupId group();

    /**
     * What the replica knows of itself. Cheap enough to ask for each read.
     *
     * @return the status now
     */
    ReplicaStatus status();

    /**
     * Listens for changes of role, term, leader, voters and failure. Called on a thread of the engine, soon after the change; it must not block.
     *
     * @param listener runs after each change, or once after several
     * @return ends the listening
     */
    Registration onChange(Runnable listener);

    /**
     * Appends an entry, if this replica leads.
     *
     * @param entry the bytes, not copied
     * @return what {@link EntryApplier#apply} answered on this replica. Fails with {@link io.holdfast.core.NotAppliedException} (it does not lead, and surely did not append),
     *     {@link io.holdfast.core.OverloadedException} (too much waits already; not appended) or {@link io.holdfast.core.UnknownOutcomeException} (it may still be committed)
     */
    CompletionStage<byte[]> append(byte[] entry);

    /**
     * Gives up the lead.
     *
     * @param to who shall lead, a voter that is up to date; empty to step down, whoever follows
     * @param limit how long to wait
     * @return completes when this replica leads no more; fails with {@link io.holdfast.core.UnavailableException} if it still does
     */
    CompletionStage<Void> transferLeadership(Optional<PeerId> to, Duration limit);

    /**
     * Changes who votes, if this replica leads and the voters are still those expected.
     *
     * @param expected the voters before
     * @param wanted the voters after; a new one must run a replica that waits to be taken in
     * @param limit how long new voters may take to catch up
     * @return completes when the new voters are committed; fails with {@link io.holdfast.core.NotAppliedException} or {@link io.holdfast.core.UnknownOutcomeException}
     */
    CompletionStage<Void> changeVoters(List<PeerId> expected, List<PeerId> wanted, Duration limit);

    /** Starts an election at once, without waiting for the election timeout. Does nothing on a leader or on a replica that has no vote. Only when the leader is known to be gone. */
    void campaign();

    /** Stops the replica; its storage stays. */
    @Override
    void close();
}
