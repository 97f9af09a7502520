package io.holdfast.consensus;

import io.holdfast.core.call.CallContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands for an office again and again, and gives it back only when the duty has returned. One campaign or one term at a time. */
final class LeaderLoop {
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(LeaderLoop.class);

    private final LeaderElection election;
    private final Resource.Shared shared;
    private final LeaderElection.Duty duty;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;
    private @Nullable CompletableFuture<Lease> campaign;
    private @Nullable Lease term;
    private @Nullable Thread worker;

    LeaderLoop(LeaderElection election, Resource.Shared shared, LeaderElection.Duty duty) {
        this.election = election;
        this.shared = shared;
        this.duty = duty;
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
                later();
            }
        });
    }

    @SuppressWarnings("try") // the scope is the effect
    private CompletableFuture<Lease> inNoContext() {
        try (CallContext.Scope scope = CallContext.EMPTY.open()) {
            return election.campaign();
        }
    }

    private void later() {
        if (!isClosed()) {
            shared.environment().scheduler().schedule(AGAIN, this::campaign);
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
                    "{} was won and given back: no thread is free to serve; raise the number of callbacks",
                    election.name());
            lease.release();
            later();
        }
    }

    private void serve(Lease lease) {
        boolean failed = false;
        if (begin(lease)) {
            lease.interruptThisThread();
            try {
                lease.context().call(() -> {
                    duty.run(lease);
                    return lease;
                });
            } catch (InterruptedException e) {
                LOG.debug("the duty of {} was interrupted", election.name());
            } catch (Exception e) {
                failed = true;
                LOG.warn("the duty of {} failed; this node resigns and stands again", election.name(), e);
            }
        }
        boolean stays = end(lease);
        if (stays && !failed) {
            // the same way if it is lost already
            lease.onLost(() -> {
                lease.release();
                campaign();
            });
        } else {
            lease.release();
            later();
        }
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

    /** A running duty gives the term back when it has returned. */
    void close() {
        CompletableFuture<Lease> open;
        Lease idle;
        lock.lock();
        try {
            closed = true;
            open = campaign;
            idle = worker == null ? term : null;
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
            idle.release();
        }
    }
}
