package io.holdfast.consensus;

import io.holdfast.consensus.primitive.PermitType;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.SessionChange;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.IoThread;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * All that this node holds in one session, with one timer for all: takes leases away from their holders before the group can. Safe for use by many threads.
 */
final class Leases {
    private static final Duration RETRY = Duration.ofMillis(100);

    private final GroupSession session;
    private final Environment environment;
    private final Waiting waiting;
    private final Executor callbacks;
    private final long marginNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Lease> held = new HashSet<>();
    private boolean armed;

    Leases(GroupSession session, Environment environment, Waiting waiting, Executor callbacks) {
        this.session = session;
        this.environment = environment;
        this.waiting = waiting;
        this.callbacks = callbacks;
        this.marginNanos = session.timeToLive().toNanos() / 4;
        session.listen(this::onSession);
    }

    private void onSession(SessionChange change) {
        if (change.state() == SessionChange.State.LOST || change.state() == SessionChange.State.CLOSED) {
            loseIf(lease -> lease.claim().session() == change.session());
        }
    }

    /** Notes a lease; whether it is sure is for the caller to see. */
    Lease add(Lease.Claim claim) {
        Lease lease = new Lease(this, claim);
        lock.lock();
        try {
            held.add(lease);
        } finally {
            lock.unlock();
        }
        arm();
        return lease;
    }

    /** It could not be told to be held: from now on it is not, whatever the group answers yet. */
    void lost(Lease lease) {
        remove(lease);
        lease.lose();
    }

    private void remove(Lease lease) {
        lock.lock();
        try {
            held.remove(lease);
        } finally {
            lock.unlock();
        }
    }

    /** The session is asked for its id before and after, for the time may be that of another session in between. */
    boolean isSure(Lease lease) {
        long wanted = lease.claim().session();
        return session.id() == wanted && surelyLeftNanos() > 0 && session.id() == wanted;
    }

    private long surelyLeftNanos() {
        return session.aliveUntilNanos() - marginNanos - environment.clock().nanoTime();
    }

    private void arm() {
        lock.lock();
        try {
            if (armed || held.isEmpty()) {
                return;
            }
            armed = true;
        } finally {
            lock.unlock();
        }
        environment.scheduler().schedule(Duration.ofNanos(Math.max(1_000_000, surelyLeftNanos())), () -> {
            lock.lock();
            try {
                armed = false;
            } finally {
                lock.unlock();
            }
            loseIf(lease -> !isSure(lease));
            arm();
        });
    }

    private void loseIf(Predicate<Lease> lost) {
        List<Lease> gone;
        lock.lock();
        try {
            gone = held.stream().filter(lost).toList();
            gone.forEach(held::remove);
        } finally {
            lock.unlock();
        }
        gone.forEach(Lease::lose);
    }

    void callBack(Runnable listener) {
        try {
            callbacks.execute(listener);
        } catch (RejectedExecutionException e) {
            environment.scheduler().schedule(RETRY, () -> callBack(listener));
        }
    }

    CompletionStage<Boolean> release(Lease lease) {
        remove(lease);
        return abandon(lease.claim(), false);
    }

    /** Gives a claim back, however long it takes; completes with whether it was granted until then. */
    CompletionStage<Boolean> abandon(Lease.Claim claim, boolean mayStillCome) {
        if (claim.session() == 0) {
            return CompletableFuture.completedFuture(false);
        }
        // an error says that the session has ended, and the claim with it
        return claim.resource()
                .insist(claim.session(), PermitType.release(claim.number(), mayStillCome))
                .handle((answer, error) -> error == null
                        && PermitType.Status.decode(answer.payload()).stage() == PermitType.Stage.GRANTED);
    }

    void awaitRelease(CompletionStage<Boolean> released) {
        if (IoThread.isCurrent()) {
            return; // it could not read the answer
        }
        CompletableFuture<Boolean> limited = new CompletableFuture<>();
        released.whenComplete((value, error) -> limited.complete(value != null && value));
        long left = waiting.deadline().remainingNanos(environment.clock().nanoTime());
        var timer =
                environment.scheduler().schedule(Duration.ofNanos(Math.max(0, left)), () -> limited.complete(false));
        limited.whenComplete((value, error) -> timer.close());
        Waiting.awaitUninterruptibly(() -> limited);
    }
}
