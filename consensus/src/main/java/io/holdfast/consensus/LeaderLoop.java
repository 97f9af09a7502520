package io.holdfast.consensus;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands for an office again and again, and gives it back only when the duty has returned. One campaign or one term at a time. */
final class LeaderLoop implements Candidacy {
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration MAX_AGAIN = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(LeaderLoop.class);

    private final LeaderElection election;
    private final Resource.Shared shared;
    private final Duration every;
    private final LeaderElection.Duty duty;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;
    private int failures;
    private @Nullable CompletableFuture<Lease> campaign;
    private @Nullable Lease term;
    private @Nullable Thread worker;

    LeaderLoop(LeaderElection election, Resource.Shared shared, Duration every, LeaderElection.Duty duty) {
        this.election = election;
        this.shared = shared;
        this.every = every;
        this.duty = duty;
        shared.candidacies().add(this);
        ended.whenComplete((served, error) -> shared.candidacies().remove(this));
    }

    /** Without the caller's context: the office outlives the call. */
    void campaign() {
        CompletableFuture<Lease> next;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            next = inNoContext();
            campaign = next;
        } finally {
            lock.unlock();
        }
        next.whenComplete((lease, error) -> {
            if (error == null) {
                elected(lease);
            } else {
                later(AGAIN);
            }
        });
    }

    @SuppressWarnings("try") // the scope is the effect
    private CompletableFuture<Lease> inNoContext() {
        try (CallContext.Scope scope = CallContext.EMPTY.open()) {
            return election.campaignAsync();
        }
    }

    private void later(Duration pause) {
        if (!isClosed() && !shared.session().isClosed()) {
            shared.environment().scheduler().schedule(pause, this::campaign);
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void elected(Lease lease) {
        try {
            shared.callbacks().execute(() -> serve(lease));
        } catch (RejectedExecutionException e) {
            LOG.warn(
                    "{} was won and given back: no thread is free to serve, for too many listeners and duties of this node block; let them return, or end some",
                    election.name());
            lease.release();
            later(AGAIN);
        }
    }

    private void serve(Lease lease) {
        if (!begin(lease)) {
            lease.release();
            return;
        }
        long began = shared.environment().clock().nanoTime();
        boolean failed = !perform(lease);
        boolean stays = end(lease);
        if (!stays) {
            lease.release().whenComplete((held, error) -> ended.complete(true));
        } else if (failed) {
            lease.release();
            later(backOff(shared.environment().clock().nanoTime() - began));
        } else {
            // the same way if it is lost already
            lease.onLost(() -> {
                lease.release();
                campaign();
            });
        }
    }

    /** Whether the duty returned, or ended because its term did. An error counts too: an office whose holder does nothing would never be free. */
    private boolean perform(Lease lease) {
        lease.interruptThisThread();
        try {
            lease.context().call(() -> {
                run(lease);
                return lease;
            });
        } catch (Exception | Error e) {
            // an interrupt of anyone else's is a failure, too
            if (lease.isHeld() && !isClosed()) {
                LOG.warn("the duty of {} failed; this node resigns and stands again", election.name(), e);
                return false;
            }
            LOG.debug("the duty of {} ended with its term", election.name(), e);
        }
        return true;
    }

    /** A duty that swallows its interrupt is not begun again all the same. */
    private void run(Lease lease) throws InterruptedException, ExecutionException {
        MonotonicClock clock = shared.environment().clock();
        long began = clock.nanoTime();
        duty.run(lease);
        while (!every.isZero() && lease.isHeld() && !isClosed()) {
            pause(every.minusNanos(clock.nanoTime() - began));
            began = clock.nanoTime();
            duty.run(lease);
        }
    }

    @SuppressWarnings("try") // closing the timer is the effect
    private void pause(Duration time) throws InterruptedException, ExecutionException {
        if (!time.isNegative()) {
            CompletableFuture<Boolean> over = new CompletableFuture<>();
            try (Registration timer = shared.environment().scheduler().schedule(time, () -> over.complete(true))) {
                over.get();
            }
        }
    }

    /** Doubles with each failure in a row; a duty that served for long before it failed begins anew. */
    private Duration backOff(long servedNanos) {
        failures = servedNanos > MAX_AGAIN.toNanos() ? 1 : failures + 1;
        Duration pause = AGAIN.multipliedBy(1L << Math.min(failures - 1, 10));
        return pause.compareTo(MAX_AGAIN) < 0 ? pause : MAX_AGAIN;
    }

    private boolean begin(Lease lease) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            term = lease;
            worker = Thread.currentThread();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The duty has returned: the thread is nobody's to interrupt any more. */
    private boolean end(Lease lease) {
        lease.interrupt(null);
        lock.lock();
        try {
            worker = null;
            Thread.interrupted();
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Boolean> withdraw() {
        CompletableFuture<Lease> open;
        Lease idle;
        boolean serves;
        lock.lock();
        try {
            closed = true;
            open = campaign;
            serves = worker != null;
            idle = serves ? null : term;
            if (worker != null) {
                worker.interrupt();
            }
        } finally {
            lock.unlock();
        }
        if (open != null) {
            open.cancel(false);
        }
        if (idle != null) {
            idle.release().whenComplete((held, error) -> ended.complete(true));
        } else if (!serves) {
            ended.complete(false);
        }
        return ended.copy();
    }

    /** A running duty gives the term back when it has returned. */
    @Override
    public void close() {
        withdraw();
    }
}
