package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An election at once, when the leader is known to be gone. A pre-vote (Ongaro, 2014, section 9.6) would be refused by all who heard that leader a moment ago; but their answers
 * say how far their logs reach, so exactly one of those who stand knows that it is the best, and votes do not split. It then begins through the message by which a leader hands
 * over.
 */
final class Campaign {
    private static final Logger log = LoggerFactory.getLogger(Campaign.class);

    private final Replica replica;
    private final Wiring wiring;
    private final Duration patience;
    private final AtomicBoolean asking = new AtomicBoolean();

    Campaign(Replica replica) {
        this.replica = replica;
        this.wiring = replica.wiring();
        this.patience = wiring.node().config().electionTimeoutMin().dividedBy(6);
    }

    void start() {
        ReplicaStatus status = replica.status();
        TermIndex end = replica.lastEntry();
        boolean mayStand =
                status.role() == RaftRole.FOLLOWER && status.voters().current().contains(wiring.self());
        if (!mayStand || end == null || !asking.compareAndSet(false, true)) {
            return;
        }
        Map<PeerId, TermIndex> ends = new ConcurrentHashMap<>(Map.of(wiring.self(), end));
        CompletableFuture<?>[] asked = status.voters().current().stream()
                .filter(peer -> !peer.equals(wiring.self()) && !status.leader().equals(Optional.of(peer)))
                .map(peer -> ask(peer, status.term(), end).thenAccept(found -> ends.put(peer, found)))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(asked).whenComplete((all, failure) -> {
            asking.set(false);
            decide(status, end, ends);
        });
    }

    private CompletableFuture<TermIndex> ask(PeerId peer, long term, TermIndex end) {
        RaftRpcRequestProto header = header(wiring.self(), peer);
        RequestVoteRequestProto request = RequestVoteRequestProto.newBuilder()
                .setServerRequest(header)
                .setCandidateTerm(term)
                .setCandidateLastEntry(end.toProto())
                .setPreVote(true)
                .build();
        return replica.client().send(Route.VOTE, header, request, patience).thenApply(Campaign::endOf);
    }

    private static TermIndex endOf(byte[] answer) {
        try {
            return TermIndex.valueOf(RequestVoteReplyProto.parseFrom(answer).getLastEntry());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void decide(ReplicaStatus before, TermIndex end, Map<PeerId, TermIndex> ends) {
        if (!before.voters().isQuorum(peer -> isNoFurther(ends.get(peer), end))) {
            return; // the votes of a majority cannot be had; the election timeout tries again
        }
        boolean longest = ends.values().stream().noneMatch(other -> other.compareTo(end) > 0);
        boolean first = ends.entrySet().stream()
                .noneMatch(e -> e.getValue().compareTo(end) == 0 && e.getKey().compareTo(wiring.self()) < 0);
        if (longest && first) {
            stand(before, end);
        } else { // the other may not have heard that the leader is gone; one whose log reaches further may reach no
            // majority
            Duration wait = longest ? patience : patience.multipliedBy(2);
            wiring.node().environment().scheduler().schedule(wait, () -> stand(before, end));
        }
    }

    private static boolean isNoFurther(@Nullable TermIndex other, TermIndex end) {
        return other != null && other.compareTo(end) <= 0;
    }

    private void stand(ReplicaStatus before, TermIndex end) {
        try {
            wiring.node().work().execute(() -> {
                ReplicaStatus now = replica.status();
                boolean returned = now.lastContactNanos() != before.lastContactNanos() && wasSilent(before);
                if (now.term() == before.term() && now.role() == RaftRole.FOLLOWER && !returned) {
                    elect(now, end);
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("group {}: no election, the engine stops", wiring.group());
        }
    }

    /** Otherwise this replica stands for those who do not hear the leader, though it does itself. */
    private boolean wasSilent(ReplicaStatus before) {
        long silence = wiring.nowNanos() - before.lastContactNanos();
        return before.lastContactNanos() == Long.MIN_VALUE
                || silence > wiring.node().config().electionTimeoutMin().toNanos();
    }

    private void elect(ReplicaStatus now, TermIndex end) {
        if (end.getTerm() < now.term()) {
            return; // an election without a winner lies between: Ratis would not recognize whoever hands over
        }
        PeerId gone = now.leader().orElse(wiring.self());
        StartLeaderElectionRequestProto request = StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(header(gone, wiring.self()))
                .setLeaderLastEntry(end.toProto())
                .build();
        try {
            ((RaftServerProtocol) replica.division()).startLeaderElection(request);
        } catch (IOException | RuntimeException e) {
            log.debug("group {}: no election now", wiring.group(), e);
        }
    }

    private RaftRpcRequestProto header(PeerId from, PeerId to) {
        return RaftRpcRequestProto.newBuilder()
                .setRequestorId(Wiring.idOf(from).toByteString())
                .setReplyId(Wiring.idOf(to).toByteString())
                .setRaftGroupId(
                        RaftGroupIdProto.newBuilder().setId(wiring.groupId().toByteString()))
                .build();
    }
}
