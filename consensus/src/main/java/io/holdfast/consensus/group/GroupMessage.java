package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.core.NodeId;
import java.time.Duration;
import java.util.Optional;

/** What nodes say to each other about one group of one cluster. None of it decides anything: what counts is what the log commits. */
public sealed interface GroupMessage {
    /** Who leads, and who votes? */
    record Where() implements GroupMessage {}

    /**
     * The answer to {@link Where}.
     *
     * @param leader the node that leads, as far as the sender knows
     * @param leads whether that is the sender, and it is ready
     * @param term the term
     * @param voters who votes, as the sender's replica knows it; nobody, at index -1, if it has none
     */
    record Here(Optional<NodeId> leader, boolean leads, long term, Voters voters) implements GroupMessage {}

    /**
     * A node without a seat offers to take one.
     *
     * @param waiting the replica that it runs and that waits for a seat, if it does already
     */
    record Offer(Optional<PeerId> waiting) implements GroupMessage {}

    /** The leader asks the node to run a replica that waits for a seat. */
    record Invite() implements GroupMessage {}

    /**
     * The leader has no seat for this replica.
     *
     * @param peer the replica
     */
    record Dismiss(PeerId peer) implements GroupMessage {}

    /** The sender wants to stop and asks the leader to give away its seat. */
    record Leaving() implements GroupMessage {}

    /** The receiver of {@link Leaving} may stop. */
    record Released() implements GroupMessage {}

    /**
     * The sender lives, and its replica does not run: it failed, and opening it again has not helped yet.
     *
     * @param peer the replica
     * @param lasted how long ago it began to fail
     */
    record Failing(PeerId peer, Duration lasted) implements GroupMessage {}

    /**
     * A voter has lost its leader: the connection closed and a probe stayed without answer.
     *
     * @param term the term in which it led
     * @param leader the leader
     */
    record LeaderLost(long term, PeerId leader) implements GroupMessage {}
}
