package io.holdfast.consensus.log;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.Deadline;
import io.holdfast.core.UnavailableException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes a log index safe to read at: the leader notes its commit index and then asks the voters for their term. A newer leader would have needed a majority in a higher term, which meets the
 * majority that still holds this one in a voter that says no. No clock is involved (the read index of Ongaro, "Consensus: bridging theory and practice", 2014, section 6.4, with terms
 * instead of heartbeats).
 */
final class TermProbe {
    private final GroupContext context;
    private final RaftReplica replica;

    TermProbe(GroupContext context, RaftReplica replica) {
        this.context = context;
        this.replica = replica;
    }

    /** One round; completes with an index that holds all that was acknowledged before the call. */
    CompletionStage<Long> round() {
        ReplicaStatus status = replica.status();
        if (status.role() != RaftRole.LEADER || !status.ready()) {
            return CompletableFuture.failedFuture(new UnavailableException("node " + context.self()
                    + " does not lead group " + context.group() + ", or not yet; ask its leader"));
        }
        Round round = new Round(status);
        round.ask();
        return round.result;
    }

    private final class Round {
        private final CompletableFuture<Long> result = new CompletableFuture<>();
        private final ReplicaStatus before;
        private final Set<PeerId> voters;
        private final Set<PeerId> agreed = new HashSet<>();
        private int missing;

        Round(ReplicaStatus before) {
            this.before = before;
            this.voters = new TreeSet<>(before.voters().current());
            voters.addAll(before.voters().outgoing());
            this.missing = voters.size();
        }

        void ask() {
            Deadline deadline = context.within(context.config().roundTimeout());
            for (PeerId voter : voters) {
                if (voter.equals(before.self())) {
                    answered(voter, true);
                } else {
                    byte[] question = new Probe(before.term(), voter).encode();
                    context.request(voter.node(), Route.PROBE, question, deadline)
                            .whenComplete((bytes, error) -> answered(voter, error == null && Probe.isYes(bytes)));
                }
            }
        }

        private void answered(PeerId voter, boolean agrees) {
            boolean quorum;
            boolean over;
            synchronized (this) {
                missing--;
                if (agrees) {
                    agreed.add(voter);
                }
                quorum = before.voters().isQuorum(agreed::contains);
                over = missing == 0;
            }
            if (quorum) {
                confirm();
            } else if (over) {
                refuse("too few voters confirmed term " + before.term());
            }
        }

        private void confirm() {
            if (result.isDone()) {
                return;
            }
            ReplicaStatus now = replica.status();
            boolean same = now.role() == RaftRole.LEADER
                    && now.term() == before.term()
                    && now.voters().index() == before.voters().index();
            if (same && result.complete(before.committed())) {
                context.meters().probed(true);
            } else if (!same) {
                refuse("its term or its voters changed meanwhile");
            }
        }

        private void refuse(String why) {
            UnavailableException reason = new UnavailableException(
                    "node " + context.self() + " may lead group " + context.group() + " no more: " + why);
            if (result.completeExceptionally(reason)) {
                context.meters().probed(false);
            }
        }
    }
}
