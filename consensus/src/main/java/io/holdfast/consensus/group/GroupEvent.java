package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine;
import io.holdfast.core.NodeId;
import java.util.List;
import java.util.Optional;

/** What {@link GroupMembers} wants done. Its identity is on disk before any of it happens. */
public sealed interface GroupEvent {
    /**
     * Open the replica; answered by {@link GroupRequest.Opened} or {@link GroupRequest.OpenFailed}.
     *
     * @param peer which replica
     * @param opening how
     */
    record Open(PeerId peer, RaftEngine.Opening opening) implements GroupEvent {}

    /**
     * Close the replica if one runs, and move whatever storage is there out of the way; answered by {@link GroupRequest.SetAsideDone} or {@link GroupRequest.SetAsideFailed}.
     *
     * @param reason why, for the record and the name
     */
    record SetAside(String reason) implements GroupEvent {}

    /**
     * Change who votes; answered by {@link GroupRequest.VotersChanged}.
     *
     * @param expected the voters before
     * @param wanted the voters after
     */
    record ChangeVoters(List<PeerId> expected, List<PeerId> wanted) implements GroupEvent {}

    /**
     * Give up the lead.
     *
     * @param to who shall lead
     */
    record TransferLead(Optional<PeerId> to) implements GroupEvent {}

    /** Start an election at once. */
    record Campaign() implements GroupEvent {}

    /**
     * Another node leads, or none.
     *
     * @param leader the node, or empty
     */
    record LeaderSeen(Optional<NodeId> leader) implements GroupEvent {}

    /** This node may stop: its seat is taken, or nobody is there to take it. */
    record Released() implements GroupEvent {}

    /**
     * This node has no part in the group and stays out.
     *
     * @param reason what is wrong and what to do
     */
    record Refused(String reason) implements GroupEvent {}

    /**
     * A decision, for the flight recorder.
     *
     * @param text what and why
     */
    record Decided(String text) implements GroupEvent {}
}
