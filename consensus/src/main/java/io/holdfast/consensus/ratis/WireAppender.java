package io.holdfast.consensus.ratis;

import io.holdfast.consensus.ratis.AppendAnswer.Sent;
import io.holdfast.core.env.Registration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a leader's log to one follower, without a thread of its own: who wakes it does the work (a caller that appended, the transport's thread with an answer, a timer), one
 * at a time. It never waits: not for a lock of Ratis, not for an answer. So a leader that steps down need not wait for it either.
 *
 * <p>One request is open while the link is short, so that entries gather into the next; a few while it is long. What needs the disk (entries that left the cache, snapshots)
 * and what needs Ratis' lock (a higher term) moves to a thread where waiting hurts nobody.
 */
final class WireAppender extends LogAppenderBase {
    private static final Logger log = LoggerFactory.getLogger(WireAppender.class);

    /** Entries this near to the end of the log are in memory. */
    private static final long NEAR = 256;

    private static final int OPEN_ON_LONG_LINK = 4;
    private static final int MAX_BEATS = 4;
    private static final long LONG_LINK_NANOS = 5_000_000;

    private enum State {
        NEW,
        RUNNING,
        STOPPED
    }

    private final Replica replica;
    private final Wiring wiring;
    private final long batchBytes;
    private final Duration tick;
    private final Duration requestLimit;
    private final Duration beatLimit;
    private final Queue<AppendAnswer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final CommitPush push;
    private volatile State state = State.NEW;
    private volatile @Nullable Registration timer;
    private volatile boolean installing;
    private volatile boolean installFailed;
    private volatile int openCount;

    // touched only by who does the work
    private final Deque<Sent> open = new ArrayDeque<>();
    private int beatsOpen;
    private int epoch;
    private final Doubts doubts = new Doubts();
    private int failures;
    private long retryAtNanos;
    private long roundTripNanos;
    private long callIds;

    WireAppender(Replica replica, RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
        super(division, leader, follower);
        this.replica = replica;
        this.wiring = replica.wiring();
        this.batchBytes = 2 * wiring.node().config().maxEntry().bytes();
        this.tick = wiring.node().config().electionTimeoutMin().dividedBy(4);
        this.beatLimit = wiring.node().config().electionTimeoutMin();
        this.requestLimit = wiring.node().config().electionTimeoutMax();
        this.push = new CommitPush(
                wiring,
                () -> openCount == 0 && !installing && isRunning(),
                () -> getRaftLog().getLastCommittedIndex(),
                this::triggerHeartbeat);
    }

    // ---- life ------------------------------------------------------------------------------------------------

    @Override
    public void start() {
        if (state == State.NEW) {
            state = State.RUNNING;
            replica.leadsTo(this);
            tick();
            wakeOn(wiring.node().beats());
        }
    }

    @Override
    public boolean isRunning() {
        return state == State.RUNNING
                && getServer().getInfo().isAlive()
                && getServer().getInfo().isLeader()
                && getRaftLog().isOpened();
    }

    @Override
    public CompletableFuture<LifeCycle.State> stopAsync() {
        state = State.STOPPED;
        replica.leadsNoMoreTo(this);
        Registration last = timer;
        if (last != null) {
            last.close();
        }
        return CompletableFuture.completedFuture(LifeCycle.State.CLOSED);
    }

    @Override
    public long getCallId() {
        return callIds;
    }

    @Override
    public Comparator<Long> getCallIdComparator() {
        return Comparator.naturalOrder();
    }

    @Override
    public void run() {
        throw new UnsupportedOperationException("this appender has no thread");
    }

    private void tick() {
        if (state != State.RUNNING) {
            return;
        }
        timer = wiring.node().environment().scheduler().schedule(tick, this::tick);
        wakeOn(wiring.node().beats());
    }

    // ---- wake ------------------------------------------------------------------------------------------------

    @Override
    public void notifyLogAppender() {
        wake(false);
    }

    private void wakeOn(Executor executor) {
        try {
            executor.execute(() -> wake(executor == wiring.node().work()));
        } catch (RejectedExecutionException e) {
            log.debug("{} is not woken: the engine stops or its thread is behind; the next tick wakes it", this);
        }
    }

    /** Works until nobody has woken it meanwhile; a second caller only leaves its mark. */
    private void wake(boolean mayRead) {
        if (wakeUps.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                work(mayRead);
            } catch (IOException
                    | RuntimeException
                    | Error e) { // whatever it is, an appender that never works again would be worse
                failed("cannot read the log", e);
            }
            seen = wakeUps.addAndGet(-seen);
        } while (seen != 0);
    }

    private void work(boolean mayRead) throws IOException {
        for (AppendAnswer answer = answers.poll(); answer != null; answer = answers.poll()) {
            take(answer);
        }
        if (!isRunning()) {
            return;
        }
        if (installFailed) {
            installFailed = false;
            failed("snapshot was not installed", new IOException("no answer"));
        }
        boolean due = getHeartbeatWaitTimeMs() <= tick.toMillis() / 2;
        if (!installing && !doubts.isCertain() && wiring.nowNanos() - retryAtNanos >= 0) {
            boolean mayInstall = open.isEmpty() && (hasAppendEntries() || due);
            SnapshotInfo snapshot = mayInstall ? shouldInstallSnapshot() : null;
            if (snapshot != null) {
                install(snapshot);
            } else {
                sendEntries(mayRead);
            }
        }
        if (due && beatsOpen < MAX_BEATS) {
            sendBeat();
        } else {
            push.whenQuiet();
        }
        getLeaderState().checkHealth(getFollower());
    }

    private void failed(String what, Throwable failure) {
        failures++;
        long pause = Math.min(tick.toNanos(), 10_000_000L << Math.min(failures, 6));
        retryAtNanos = wiring.nowNanos() + pause;
        log.debug("{}: {}; again in {} ms", this, what, pause / 1_000_000, failure);
        wiring.node()
                .environment()
                .scheduler()
                .schedule(Duration.ofNanos(pause), () -> wakeOn(wiring.node().beats()));
    }

    // ---- entries ---------------------------------------------------------------------------------------------

    @Override
    public boolean hasPendingDataRequests() {
        return !open.isEmpty();
    }

    private void sendEntries(boolean mayRead) throws IOException {
        while (hasAppendEntries() && mayOpenAnother()) {
            long next = getFollower().getNextIndex();
            if (!mayRead && getRaftLog().getNextIndex() - next > NEAR) {
                wakeOn(wiring.node().work());
                return;
            }
            TermIndex previous = getPrevious(next);
            if (previous == null
                    && next > RaftLog.LEAST_VALID_LOG_INDEX
                    && next != getFollower().getSnapshotIndex() + 1) {
                return; // purged just now: a snapshot is due at the next wake
            }
            List<LogEntryProto> entries = LogSlice.read(getRaftLog(), next, batchBytes);
            if (entries.isEmpty()) {
                return;
            }
            AppendEntriesRequestProto request =
                    getLeaderState().newAppendEntriesRequestProto(getFollower(), entries, previous, callIds++);
            Sent sent = sent(next, previous, request, false);
            open.add(sent);
            openCount = open.size();
            getFollower().updateNextIndex(next + entries.size());
            getFollower().updateLastRpcSendTime(false);
            send(Route.APPEND, request, sent);
        }
    }

    private boolean mayOpenAnother() {
        return open.isEmpty() || (roundTripNanos > LONG_LINK_NANOS && open.size() < OPEN_ON_LONG_LINK);
    }

    private Sent sent(long first, @Nullable TermIndex previous, AppendEntriesRequestProto request, boolean beat) {
        long now = wiring.nowNanos();
        push.sent(request.getLeaderCommit(), now);
        resetHeartbeatTrigger();
        long previousIndex = previous == null ? RaftLog.INVALID_LOG_INDEX : previous.getIndex();
        return new Sent(first, previousIndex, epoch, now, Timestamp.currentTime(), beat);
    }

    private void send(Route route, AppendEntriesRequestProto request, Sent sent) {
        replica.client()
                .send(route, request.getServerRequest(), request, sent.beat() ? beatLimit : requestLimit)
                .whenComplete((bytes, failure) -> {
                    answers.add(AppendAnswer.of(sent, bytes, failure));
                    wake(false);
                });
    }

    // ---- heartbeats ------------------------------------------------------------------------------------------

    /** While entries are under way, what follows them is not there yet, so a heartbeat then claims nothing about the log. */
    private void sendBeat() {
        TermIndex previous = hasPendingDataRequests() || doubts.isCertain()
                ? null
                : getPrevious(getFollower().getNextIndex());
        AppendEntriesRequestProto request =
                getLeaderState().newAppendEntriesRequestProto(getFollower(), List.of(), previous, callIds++);
        Sent sent = sent(RaftLog.INVALID_LOG_INDEX, previous, request, true);
        beatsOpen++;
        getFollower().updateLastRpcSendTime(true);
        send(Route.BEAT, request, sent);
    }

    @Override
    public void triggerHeartbeat() {
        if (state == State.RUNNING) {
            super.triggerHeartbeat(); // marks it and calls notifyLogAppender
        }
    }

    // ---- answers ---------------------------------------------------------------------------------------------

    private void take(AppendAnswer answer) {
        Sent sent = answer.sent();
        if (sent.beat()) {
            beatsOpen--;
        } else {
            open.remove(sent);
            openCount = open.size();
        }
        AppendEntriesReplyProto reply = answer.reply();
        if (reply == null) {
            takeFailure(sent, answer.failure());
            return;
        }
        failures = 0;
        getFollower().updateLastRpcResponseTime();
        getFollower().updateLastRespondedAppendEntriesSendTime(sent.at());
        if (!sent.beat()) {
            long took = wiring.nowNanos() - sent.sentNanos();
            roundTripNanos = roundTripNanos == 0 ? took : (7 * roundTripNanos + took) / 8;
        }
        getLeaderState().onFollowerCommitIndex(getFollower(), reply.getFollowerCommit());
        switch (reply.getResult()) {
            case SUCCESS -> takeSuccess(sent, reply);
            case INCONSISTENCY -> takeInconsistency(sent, reply);
            case NOT_LEADER -> stepDownIfOutdated(reply.getTerm());
            default -> log.debug("{}: result {} says nothing", this, AppendResult.UNRECOGNIZED);
        }
    }

    private void takeFailure(Sent sent, @Nullable Throwable failure) {
        if (!sent.beat() && sent.epoch() == epoch) {
            startOverFrom(sent.first());
            failed("append got no answer", failure == null ? new IOException("no answer") : failure);
        }
    }

    private void takeSuccess(Sent sent, AppendEntriesReplyProto reply) {
        doubts.clear();
        long match = sent.beat() ? sent.previous() : reply.getNextIndex() - 1;
        if (match > getFollower().getMatchIndex()) {
            getFollower().updateMatchIndex(match);
            getFollower().updateNextIndex(match + 1);
            getLeaderState().onFollowerSuccessAppendEntries(getFollower());
        }
    }

    private void takeInconsistency(Sent sent, AppendEntriesReplyProto reply) {
        if (sent.epoch() != epoch) {
            return;
        }
        if (reply.getNextIndex() <= getFollower().getMatchIndex() && !installing && doubts.add()) {
            replica.alarm(
                    "follower " + getFollowerId() + " acknowledged up to entry "
                            + getFollower().getMatchIndex() + " and asks for " + reply.getNextIndex()
                            + " now: it lost data; nothing more is sent to it. Remove its storage and let it join as a new peer");
            return;
        }
        long first = sent.beat() ? sent.previous() + 1 : sent.first();
        startOverFrom(getNextIndexForInconsistency(first, reply.getNextIndex()));
    }

    private void startOverFrom(long index) {
        epoch++;
        open.clear();
        openCount = 0;
        getFollower().setNextIndex(Math.max(RaftLog.LEAST_VALID_LOG_INDEX, index));
    }

    void stepDownIfOutdated(long term) {
        try {
            wiring.node().work().execute(() -> onFollowerTerm(term));
        } catch (RejectedExecutionException e) {
            log.debug("{}: the engine stops", this);
        }
    }

    // ---- snapshots -------------------------------------------------------------------------------------------

    private void install(SnapshotInfo snapshot) {
        installing = true;
        new SnapshotSender(replica, this, snapshot, this::installed).start();
    }

    private void installed(boolean done) {
        installFailed = !done; // seen by who does the work, before it may begin another one
        installing = false;
        wakeOn(wiring.node().beats());
    }

    /** When the follower last answered, in milliseconds ago. */
    long silenceMillis() {
        return getFollower().getLastRpcResponseTime().elapsedTimeMs();
    }
}
