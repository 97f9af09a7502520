package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * How many calls run at once. A call that finds no room is refused at once: waiting would only move the queue to the caller's threads.
 *
 * @param maxConcurrent how many calls run at once
 */
public record BulkheadConfig(
        @Doc("How many calls run at once; a further one is refused.") @Default("64")
        int maxConcurrent) {
    /** Room for 64 calls. */
    public static final BulkheadConfig DEFAULT = new BulkheadConfig(64);

    /**
     * Validates the number.
     *
     * @param maxConcurrent 1 to 100,000
     * @throws IllegalArgumentException if it is out of bounds
     */
    public BulkheadConfig {
        Check.between("max-concurrent", maxConcurrent, 1, 100_000);
    }
}
