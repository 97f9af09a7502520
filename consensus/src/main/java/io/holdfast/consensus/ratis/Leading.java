package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.env.Registration;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who leads and who votes: transfers, changes, elections at once, and the guard that makes a leader without a majority step down. */
final class Leading {
    private static final Logger log = LoggerFactory.getLogger(Leading.class);
    private static final Duration SNAPSHOT_REQUEST = Duration.ofSeconds(30);

    private final Replica replica;
    private final Wiring wiring;
    private final Duration tick;
    private final Campaign campaign;
    private final Vitals vitals;
    private volatile @Nullable Registration timer;
    private volatile boolean closed;

    // touched only by the guard's turn
    private @Nullable ReplicaStatus last;
    private long leadsSinceNanos;
    private boolean wasAlone;

    Leading(Replica replica) {
        this.replica = replica;
        this.wiring = replica.wiring();
        this.tick = wiring.node().config().electionTimeoutMin().dividedBy(4);
        this.campaign = new Campaign(replica);
        this.vitals = new Vitals(replica);
    }

    void start() {
        schedule();
    }

    private void schedule() {
        if (!closed) {
            timer = wiring.node().environment().scheduler().schedule(tick, () -> {
                try {
                    wiring.node().beats().execute(this::guard);
                } catch (RejectedExecutionException e) {
                    log.debug("the guard of group {} misses a turn", wiring.group());
                }
                schedule();
            });
        }
    }

    void close() {
        closed = true;
        Registration next = timer;
        if (next != null) {
            next.close();
        }
    }

    // ---- the guard -------------------------------------------------------------------------------------------

    /**
     * Ratis looks after its majority only when it has nothing else to do. As long as a follower without a leader waits, a leader waits for its majority, and a turn longer: after a pause of this
     * process the answers that came meanwhile are read first.
     */
    private void guard() {
        if (closed) {
            return;
        }
        ReplicaStatus now = replica.status();
        ReplicaStatus before = last;
        last = now;
        vitals.look(now);
        if (before == null || differs(before, now)) {
            replica.changed();
        }
        keepTerm(now.term());
        boolean led = before != null && before.role() == RaftRole.LEADER && before.term() == now.term();
        if (now.role() != RaftRole.LEADER) {
            return;
        }
        if (!led) {
            leadsSinceNanos = wiring.nowNanos();
        }
        Duration patience = wiring.node().config().electionTimeoutMax();
        boolean young = wiring.nowNanos() - leadsSinceNanos < patience.toNanos();
        boolean alone = !young && !now.voters().isQuorum(peer -> isNear(peer, patience.toMillis()));
        if (alone && wasAlone) {
            replica.alarm("no majority has answered for " + patience.toMillis() + " ms in term " + now.term()
                    + ": the leader steps down");
            leadsSinceNanos = wiring.nowNanos(); // it gets as long again before it is told again
            transfer(Optional.empty(), patience);
        }
        wasAlone = alone;
    }

    /** A lone voter says nothing to anybody, which would keep its term. */
    private void keepTerm(long term) {
        try {
            replica.keepTerm(term);
        } catch (IOException e) {
            log.warn("group {}: {}; tried again", wiring.group(), e.getMessage());
        }
    }

    private boolean isNear(PeerId peer, long patienceMillis) {
        return peer.equals(wiring.self())
                || replica.appenders().stream()
                        .anyMatch(a -> a.getFollowerId().toString().equals(peer.toString())
                                && a.silenceMillis() < patienceMillis);
    }

    private static boolean differs(ReplicaStatus a, ReplicaStatus b) {
        return a.role() != b.role()
                || a.ready() != b.ready()
                || a.term() != b.term()
                || !a.leader().equals(b.leader())
                || !a.voters().equals(b.voters())
                || !a.failure().equals(b.failure());
    }

    // ---- elections -------------------------------------------------------------------------------------------

    void campaign() {
        campaign.start();
    }

    CompletionStage<Void> transfer(Optional<PeerId> to, Duration limit) {
        TransferLeadershipRequest request = new TransferLeadershipRequest(
                replica.appends().client(),
                wiring.selfId(),
                wiring.groupId(),
                replica.appends().nextCall(),
                to.map(Wiring::idOf).orElse(null),
                limit.toMillis());
        CompletableFuture<RaftClientReply> asked;
        try {
            asked = replica.server().transferLeadershipAsync(request);
        } catch (IOException e) {
            asked = CompletableFuture.failedFuture(e);
        }
        return within(limit, asked, (reply, failure, result) -> {
            if (replica.status().role() != RaftRole.LEADER) {
                result.complete(null);
            } else {
                result.completeExceptionally(new UnavailableException(
                        "raft peer " + wiring.self() + " still leads group " + wiring.group() + ": "
                                + causeOf(reply, failure) + "; try another voter or later",
                        causeOf(reply, failure)));
            }
        });
    }

    // ---- voters ----------------------------------------------------------------------------------------------

    CompletionStage<Void> changeVoters(List<PeerId> expected, List<PeerId> wanted, Duration limit) {
        SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInCurrentConf(expected.stream().map(Wiring::peerOf).toList())
                .setServersInNewConf(wanted.stream().map(Wiring::peerOf).toList())
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .build();
        SetConfigurationRequest request = new SetConfigurationRequest(
                replica.appends().client(),
                wiring.selfId(),
                wiring.groupId(),
                replica.appends().nextCall(),
                arguments);
        CompletableFuture<RaftClientReply> asked;
        try {
            asked = replica.server().setConfigurationAsync(request);
        } catch (IOException e) {
            asked = CompletableFuture.failedFuture(e);
        }
        boolean atOnce = asked.isDone();
        return within(limit, asked, (reply, failure, result) -> {
            Throwable cause = causeOf(reply, failure);
            if (cause == null) {
                result.complete(null);
            } else {
                result.completeExceptionally(refusal(cause, atOnce, expected, wanted));
            }
        });
    }

    private RuntimeException refusal(Throwable cause, boolean atOnce, List<PeerId> expected, List<PeerId> wanted) {
        boolean surelyNot = cause instanceof SetConfigurationException
                || cause instanceof ReconfigurationInProgressException
                || cause instanceof ReconfigurationTimeoutException
                || cause instanceof LeaderNotReadyException
                || cause instanceof LeaderSteppingDownException
                || cause instanceof ServerNotReadyException
                || (atOnce && cause instanceof NotLeaderException);
        String change = "change of the voters of group " + wiring.group() + " from " + expected + " to " + wanted;
        return surelyNot
                ? new NotAppliedException(
                        change + " was refused: " + cause.getMessage()
                                + "; look at the voters and ask the leader again",
                        cause)
                : new UnknownOutcomeException(
                        change + " has an unknown outcome (" + cause + "); look at the voters of the next leader",
                        cause);
    }

    // ---- snapshots -------------------------------------------------------------------------------------------

    /** Makes Ratis' updater call {@link ReplicaMachine#takeSnapshot} between two entries. */
    void askForSnapshot() {
        SnapshotManagementRequest request = SnapshotManagementRequest.newCreate(
                replica.appends().client(),
                wiring.selfId(),
                wiring.groupId(),
                replica.appends().nextCall(),
                SNAPSHOT_REQUEST.toMillis(),
                1);
        try {
            wiring.node().work().execute(() -> ask(request));
        } catch (RejectedExecutionException e) {
            log.debug("group {}: no snapshot, the engine stops", wiring.group());
        }
    }

    private void ask(SnapshotManagementRequest request) {
        try {
            Objects.requireNonNull(replica.server().snapshotManagementAsync(request))
                    .whenComplete((reply, failure) -> {
                        @Nullable Object why = failure != null ? failure : reply.isSuccess() ? null : reply.getException();
                        if (why != null) {
                            log.debug("group {}: no snapshot, asked again later: {}", wiring.group(), why.toString());
                        }
                    });
        } catch (RuntimeException e) {
            log.debug("group {}: no snapshot now", wiring.group(), e);
        }
    }

    // ---- answers ---------------------------------------------------------------------------------------------

    private interface Ending {
        void end(@Nullable RaftClientReply reply, @Nullable Throwable failure, CompletableFuture<Void> result);
    }

    private CompletionStage<Void> within(Duration limit, CompletableFuture<RaftClientReply> asked, Ending ending) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        Registration timeout = wiring.node()
                .environment()
                .scheduler()
                .schedule(limit, () -> ending.end(null, new IOException("no answer within " + limit), result));
        BiConsumer<@Nullable RaftClientReply, @Nullable Throwable> take = (reply, failure) -> {
            timeout.close();
            ending.end(reply, failure, result);
        };
        asked.whenComplete(take);
        return result;
    }

    private static @Nullable Throwable causeOf(@Nullable RaftClientReply reply, @Nullable Throwable failure) {
        Throwable cause = failure != null ? failure : reply == null ? null : reply.getException();
        return cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
    }
}
