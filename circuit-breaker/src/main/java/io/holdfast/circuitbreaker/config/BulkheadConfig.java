package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * How many calls run at once. With {@code semaphore} they run on their callers' threads, and one that finds no room is refused at once: waiting would only move the queue to the callers' threads. With
 * {@code pool} they run on threads of the policy, a caller's thread is free for other things or waits, and a bounded number of calls may queue for a thread.
 *
 * @param maxConcurrent how many calls run at once
 * @param kind on whose threads they run
 * @param queue how many calls may wait for a thread of the pool
 */
public record BulkheadConfig(
        @Doc("How many calls run at once; a further one is refused, or waits in the queue of the pool.") @Default("64")
        int maxConcurrent,

        @Doc("Where calls run: on their callers' threads (semaphore) or on threads of the policy (pool).")
        @Default("semaphore")
        Kind kind,

        @Doc("How many calls may wait for a thread of the pool; a further one is refused. 0 for a semaphore.")
        @Default("0")
        int queue) {
    /** On whose threads calls run. */
    public enum Kind {
        /** On their callers' threads. */
        SEMAPHORE,
        /** On threads of the policy: virtual threads where the JDK has them. */
        POOL
    }

    /** Room for 64 calls on their callers' threads. */
    public static final BulkheadConfig DEFAULT = new BulkheadConfig(64);

    /**
     * Validates the numbers.
     *
     * @param maxConcurrent 1 to 100,000
     * @param kind on whose threads calls run
     * @param queue 0 to 100,000; 0 for a semaphore
     * @throws IllegalArgumentException if a number is out of bounds, or a semaphore is to have a queue
     */
    public BulkheadConfig {
        Check.between("max-concurrent", maxConcurrent, 1, 100_000);
        Check.between("queue", queue, 0, 100_000);
        Check.that(
                kind == Kind.POOL || queue == 0,
                "queue (%d) must be 0 for kind (semaphore): calls on their callers' threads do not queue; set kind: pool",
                queue);
    }

    /**
     * Calls on their callers' threads.
     *
     * @param maxConcurrent how many run at once
     * @throws IllegalArgumentException if it is out of bounds
     */
    public BulkheadConfig(int maxConcurrent) {
        this(maxConcurrent, Kind.SEMAPHORE, 0);
    }

    /**
     * Calls on threads of the policy.
     *
     * @param threads how many run at once
     * @param queue how many may wait
     * @return the block
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public static BulkheadConfig pool(int threads, int queue) {
        return new BulkheadConfig(threads, Kind.POOL, queue);
    }

    /**
     * How many calls are let in at once.
     *
     * @return those that run and those that wait
     */
    public int places() {
        return maxConcurrent + queue;
    }
}
