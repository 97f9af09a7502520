package io.holdfast.consensus;

import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.consistency.Linearizable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Lock;

/**
 * A lock across nodes. At any time at most one {@link Lease} of it is held (of a read lock: any number, and none of the write lock), and those who wait get it in the order in which the
 * group heard of them. A lease ends when it is given back, or with this node's session; every later one carries a larger {@link Lease#token()}.
 *
 * <p>Those who wait are told by an event; nothing is sent while nothing happens. At most 10,000 may wait for one name. Methods fail with {@link io.holdfast.core.NotAppliedException},
 * {@link io.holdfast.core.OverloadedException}, {@link io.holdfast.core.UnavailableException} or {@link io.holdfast.consensus.session.SessionLostException} (not acquired: ask again),
 * {@link io.holdfast.core.UnknownOutcomeException} (not acquired: if the group did grant it, it is given back in the background; ask again) and
 * {@link io.holdfast.consensus.session.RefusedException} (a limit is reached). Safe for use by many threads.
 */
public final class DistributedLock implements Linearizable {
    private final Permits claims;
    private final int permits;

    DistributedLock(Permits claims, int permits) {
        this.claims = claims;
        this.permits = permits;
    }

    /**
     * The lock's name.
     *
     * @return the name
     */
    public String name() {
        return claims.name();
    }

    /**
     * Acquires the lock if it is free.
     *
     * @return the lease, or empty. The calling thread is interrupted if the lease is lost before it is given back
     */
    public Optional<Lease> tryLock() {
        return claims.await(permits, Duration.ZERO);
    }

    /**
     * Acquires the lock, and waits for it in a fair queue.
     *
     * @param wait how long at most; the running call's deadline limits it too
     * @return the lease, or empty if the time is over. The calling thread is interrupted if the lease is lost before it is given back
     * @throws io.holdfast.core.CallCancelledException if the thread is interrupted while it waits; it waits no more
     */
    public Optional<Lease> tryLock(Duration wait) {
        return claims.await(permits, wait);
    }

    /**
     * Acquires the lock, and waits for it in a fair queue: as long as it takes, or until the running call's deadline.
     *
     * @return the lease. The calling thread is interrupted if the lease is lost before it is given back
     * @throws io.holdfast.core.DeadlineExceededException if the running call's deadline comes first
     * @throws io.holdfast.core.CallCancelledException if the thread is interrupted while it waits; it waits no more
     */
    public Lease lock() {
        return claims.await(permits);
    }

    /**
     * See {@link #tryLock()}; no thread is interrupted unless {@link Lease#interruptThisThread} asks for it.
     *
     * @return the lease or empty. Cancelling the future gives it up
     */
    public CompletableFuture<Optional<Lease>> tryLockAsync() {
        return claims.acquire(permits, Duration.ZERO);
    }

    /**
     * See {@link #tryLock(Duration)}; no thread is interrupted unless {@link Lease#interruptThisThread} asks for it.
     *
     * @param wait how long at most
     * @return the lease, or empty if the time is over. Cancelling the future gives up the place in the queue
     */
    public CompletableFuture<Optional<Lease>> tryLockAsync(Duration wait) {
        return claims.acquire(permits, wait);
    }

    /**
     * See {@link #lock()}; no thread is interrupted unless {@link Lease#interruptThisThread} asks for it.
     *
     * @return the lease. Cancelling the future gives up the place in the queue
     */
    public CompletableFuture<Lease> lockAsync() {
        return claims.acquire(permits);
    }

    /**
     * Who holds it and who waits.
     *
     * @param consistency how fresh the answer must be
     * @return the holders
     */
    public Holders holders(ReadConsistency consistency) {
        return Waiting.await(() -> holdersAsync(consistency));
    }

    /**
     * See {@link #holders}.
     *
     * @param consistency how fresh the answer must be
     * @return the holders
     */
    public CompletionStage<Holders> holdersAsync(ReadConsistency consistency) {
        return claims.holders(consistency);
    }

    /**
     * This lock for code that knows {@link Lock}: held by threads of this node. A thread that holds it and asks again gets an {@link IllegalStateException}, for it would wait for itself. The
     * thread is interrupted when the lock is lost; {@link Lock#unlock} throws {@link IllegalMonitorStateException} then, and before that each attempt to acquire it again does. There are no conditions.
     *
     * @return a view with its own memory of who holds: use one view for one lock
     */
    public Lock asLock() {
        return new LockView(this, false);
    }

    /**
     * As {@link #asLock()}, but a thread that holds the lock may acquire it again, and gives it back with the last of as many {@link Lock#unlock}.
     *
     * @return a view with its own memory of who holds: use one view for one lock
     */
    public Lock asReentrantLock() {
        return new LockView(this, true);
    }
}
