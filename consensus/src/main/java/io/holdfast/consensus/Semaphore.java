package io.holdfast.consensus;

import io.holdfast.core.Check;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.consistency.Linearizable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A number of permits across nodes. The leases that are held have no more permits together than there are; those who wait get theirs in the order in which the group heard of them, so
 * that a large claim is not starved by small ones. Permits come back when a {@link Lease} is closed, or when its node's session ends.
 *
 * <p>All who use a name must say the same number of permits while anybody holds or waits. Methods fail as those of {@link DistributedLock} do, with the same remedies. Safe for use
 * by many threads.
 */
public final class Semaphore implements Linearizable {
    private final Permits claims;
    private final int permits;

    Semaphore(Permits claims, int permits) {
        this.claims = claims;
        this.permits = permits;
    }

    /**
     * The semaphore's name.
     *
     * @return the name
     */
    public String name() {
        return claims.name();
    }

    /**
     * How many permits there are.
     *
     * @return the number
     */
    public int permits() {
        return permits;
    }

    /**
     * Acquires permits, and waits for them in a fair queue.
     *
     * @param count how many
     * @param wait how long at most, {@link Duration#ZERO} for not at all; the running call's deadline limits it too
     * @return the lease of all of them, or empty if the time is over. The calling thread is interrupted if the lease is lost before it is given back
     * @throws IllegalArgumentException if there are not so many
     * @throws io.holdfast.core.CallCancelledException if the thread is interrupted while it waits; it waits no more
     */
    public Optional<Lease> tryAcquire(int count, Duration wait) {
        return claims.await(checked(count), wait);
    }

    /**
     * Acquires permits as long as it takes, or until the running call's deadline.
     *
     * @param count how many
     * @return the lease of all of them. The calling thread is interrupted if the lease is lost before it is given back
     * @throws IllegalArgumentException if there are not so many
     * @throws io.holdfast.core.DeadlineExceededException if the running call's deadline comes first
     */
    public Lease acquire(int count) {
        return claims.await(checked(count));
    }

    /**
     * See {@link #tryAcquire}; no thread is interrupted unless {@link Lease#interruptThisThread} asks for it.
     *
     * @param count how many
     * @param wait how long at most
     * @return the lease, or empty if the time is over. Cancelling the future gives up the place in the queue
     */
    public CompletableFuture<Optional<Lease>> tryAcquireAsync(int count, Duration wait) {
        return claims.acquire(checked(count), wait);
    }

    /**
     * See {@link #acquire}; no thread is interrupted unless {@link Lease#interruptThisThread} asks for it.
     *
     * @param count how many
     * @return the lease. Cancelling the future gives up the place in the queue
     * @throws IllegalArgumentException if there are not so many
     */
    public CompletableFuture<Lease> acquireAsync(int count) {
        return claims.acquire(checked(count));
    }

    private int checked(int count) {
        return (int) Check.between("permits of semaphore " + name(), count, 1, permits);
    }

    /**
     * Who holds permits and who waits.
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
}
