package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/**
 * Grants a follower's pre-votes in the place of Ratis, which takes each that it grants for a sign of life from the leader: its own election timeout begins anew. So the one voter that all others reach, while
 * they do not reach each other, was kept from standing by those who cannot win, for half a minute and more. A pre-vote changes nothing (Ongaro, "Consensus: bridging theory and practice", 2014,
 * section 9.6) and binds nobody: who was granted too many of them loses the vote that follows. Any thread.
 */
final class PreVotes {
    private final Replica replica;

    PreVotes(Replica replica) {
        this.replica = replica;
    }

    /** The answer to a pre-vote that is granted; empty if Ratis is to answer: it refuses, or nothing of it would change. */
    Optional<RequestVoteReplyProto> grant(RequestVoteRequestProto request) {
        ReplicaStatus status = replica.status();
        TermIndex own = replica.lastEntry();
        PeerId candidate =
                PeerId.parse(request.getServerRequest().getRequestorId().toStringUtf8());
        boolean granted = status.role() == RaftRole.FOLLOWER
                && status.voters().current().contains(candidate)
                && hearsNobodyElse(status, candidate)
                && (own == null || own.compareTo(TermIndex.valueOf(request.getCandidateLastEntry())) <= 0);
        return granted ? Optional.of(answer(request.getServerRequest(), status.term(), own)) : Optional.empty();
    }

    /** A leader that asks for votes leads no more. */
    private boolean hearsNobodyElse(ReplicaStatus status, PeerId candidate) {
        if (status.leader().isEmpty() || status.leader().get().equals(candidate)) {
            return true;
        }
        long patience = replica.wiring().node().config().electionTimeoutMin().toNanos();
        return status.lastContactNanos() != Long.MIN_VALUE
                && replica.wiring().nowNanos() - status.lastContactNanos() >= patience;
    }

    private static RequestVoteReplyProto answer(RaftRpcRequestProto asked, long term, @Nullable TermIndex own) {
        RequestVoteReplyProto.Builder answer = RequestVoteReplyProto.newBuilder()
                .setServerReply(WireRpc.replyTo(asked, true))
                .setTerm(term);
        return (own == null ? answer : answer.setLastEntry(own.toProto())).build();
    }
}
