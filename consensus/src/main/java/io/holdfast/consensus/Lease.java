package io.holdfast.consensus;

import io.holdfast.core.call.CallContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this node holds until it gives it back, or until it can no longer be sure to hold it: a lock, permits of a semaphore, an office.
 *
 * <p>It is lost when the group has not answered this node for three quarters of its session's time to live, by this node's monotonic clock and counted from the sending of the last
 * question that was answered. The group gives it to somebody else after the whole time to live at the earliest, so the last quarter is there to stop in. A lease that was lost
 * stays lost; close it all the same when what it guarded has stopped, for only then the group gives it to others before the session ends.
 *
 * <p>A thread that is stopped for longer than that (a pause of the JVM or the machine) acts late all the same, as with every lease. Therefore hand {@link #token()} to what is guarded,
 * and let that refuse a token smaller than one it has seen (Kleppmann, "How to do distributed locking", 2016). Safe for use by many threads.
 */
public final class Lease implements AutoCloseable {
    /** Where a lease stands. */
    enum State {
        HELD,
        RELEASED,
        LOST
    }

    /** What a lease is of. */
    record Claim(Resource resource, long session, long number, long token) {}

    private final Leases leases;
    private final Claim claim;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> listeners = new ArrayList<>();
    private State state = State.HELD;
    private @Nullable Thread interrupts;

    Lease(Leases leases, Claim claim) {
        this.leases = leases;
        this.claim = claim;
    }

    Claim claim() {
        return claim;
    }

    /**
     * The fencing token: larger than that of every lease before in the group, whatever it was of.
     *
     * @return the token, 1 and more
     */
    public long token() {
        return claim.token();
    }

    /**
     * Whether this node surely holds it now. Who learns so that it cannot be sure any more has lost it, for good and for all who ask, listen or are to be interrupted.
     *
     * @return false once it was given back or lost
     */
    public boolean isHeld() {
        if (state() != State.HELD) {
            return false;
        }
        boolean sure = leases.isSure(this);
        if (!sure) {
            leases.lost(this);
        }
        return sure;
    }

    private State state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The running call's context with this lease's token: what is called within it carries the token to other nodes.
     *
     * @return the context
     */
    public CallContext context() {
        return CallContext.current().withFencingToken(token());
    }

    /**
     * Calls back once if the lease is lost, at once if it was already; not if it is given back. The listener runs on a thread of its own and may block.
     *
     * @param listener the listener
     */
    public void onLost(Runnable listener) {
        boolean late;
        lock.lock();
        try {
            late = state == State.LOST;
            if (state == State.HELD) {
                listeners.add(listener);
            }
        } finally {
            lock.unlock();
        }
        if (late) {
            leases.callBack(listener);
        }
    }

    /**
     * Interrupts the calling thread if the lease is lost before it is given back, instead of the thread that was to be interrupted until now. A thread that acquired by waiting is so already.
     * The thread is never interrupted after {@link #close} was called.
     */
    public void interruptThisThread() {
        interrupt(Thread.currentThread());
    }

    void interrupt(@Nullable Thread thread) {
        lock.lock();
        try {
            interrupts = thread;
            if (state == State.LOST && thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** It is lost: from now on it is not held, whatever comes. */
    void lose() {
        List<Runnable> told;
        lock.lock();
        try {
            if (state != State.HELD) {
                return;
            }
            state = State.LOST;
            told = List.copyOf(listeners);
            listeners.clear();
            if (interrupts != null) {
                // under the lock, so that it cannot hit the thread after close()
                interrupts.interrupt();
            }
        } finally {
            lock.unlock();
        }
        told.forEach(leases::callBack);
    }

    /**
     * Gives it back. From now on {@link #isHeld} is false; if the group cannot be reached, this node goes on telling it in the background, and the group frees it at the latest when the
     * session ends. Giving back twice does nothing.
     *
     * @return completes with whether it was held until the group took it back; completes when the group has answered, or knows that the session has ended
     */
    public CompletionStage<Boolean> release() {
        boolean first;
        lock.lock();
        try {
            first = state != State.RELEASED;
            state = State.RELEASED;
            listeners.clear();
            interrupts = null;
        } finally {
            lock.unlock();
        }
        return first ? leases.release(this) : CompletableFuture.completedFuture(false);
    }

    /** Gives it back, and waits for the group's answer until the running call's deadline or for five seconds; after that it goes on in the background. On a thread that reads sockets it does not wait. Does not throw. */
    @Override
    public void close() {
        leases.awaitRelease(release());
    }
}
