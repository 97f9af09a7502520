package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import java.util.List;

/** What this node tells {@link GroupMembers}. */
public sealed interface GroupRequest {
    /**
     * This node belongs to a cluster.
     *
     * @param clusterId the cluster's id
     * @param founders who founded it, as {@link io.holdfast.core.cluster.Membership#founders()} says
     */
    record InCluster(String clusterId, List<NodeId> founders) implements GroupRequest {}

    /**
     * A member changed, or is there at the start.
     *
     * @param member the member
     */
    record MemberSeen(Member member) implements GroupRequest {}

    /**
     * This node's replica changed.
     *
     * @param status the replica as it is now
     */
    record ReplicaSeen(ReplicaStatus status) implements GroupRequest {}

    /**
     * {@link GroupEvent.Open} is done.
     *
     * @param peer the replica that runs now
     */
    record Opened(PeerId peer) implements GroupRequest {}

    /**
     * {@link GroupEvent.Open} failed.
     *
     * @param peer the replica that does not run
     * @param reason why
     * @param storage what there is of its storage
     */
    record OpenFailed(PeerId peer, String reason, Storage storage) implements GroupRequest {
        /** Whether only a newer build can open it. */
        boolean needsUpgrade() {
            return reason.startsWith(ReplicaStatus.NEEDS_UPGRADE);
        }

        /** What there is of storage, before the first opening or after one that failed. */
        public enum Storage {
            /** A replica can run on it once the reason is gone. */
            USABLE,
            /** It cannot be looked at now, so the same opening is to be tried again. */
            UNKNOWN,
            /** None, and none is missing: it was never made. */
            NONE,
            /** It is missing or damaged, so this replica must never vote again. */
            LOST
        }
    }

    /** The identity could not be written, so nothing of that turn was done; it is tried again at the next look. */
    record NotWritten() implements GroupRequest {}

    /** {@link GroupEvent.SetAside} is done: no replica runs and the place for storage is empty. */
    record SetAsideDone() implements GroupRequest {}

    /**
     * {@link GroupEvent.SetAside} failed; it is asked for again after a pause.
     *
     * @param reason why
     */
    record SetAsideFailed(String reason) implements GroupRequest {}

    /**
     * {@link GroupEvent.ChangeVoters} has ended.
     *
     * @param result what came of it, for the record
     */
    record VotersChanged(String result) implements GroupRequest {}

    /**
     * A connection closed without a goodbye.
     *
     * @param address the other end
     */
    record ConnectionLost(Address address) implements GroupRequest {}

    /**
     * A connection could not be made: nobody listens there.
     *
     * @param address the other end
     */
    record Unreachable(Address address) implements GroupRequest {}

    /** The replica follows a leader of which it has not heard for {@link GroupConfig#silenceLimit}. */
    record LeaderSilent() implements GroupRequest {}

    /** This node wants to stop; answered by {@link GroupEvent.Released}. */
    record Leave() implements GroupRequest {}
}
