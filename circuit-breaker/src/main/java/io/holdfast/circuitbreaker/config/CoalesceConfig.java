package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * Makes one call for all that ask the same at the same time ("single flight", "request coalescing").
 *
 * @param maxCalls how many different calls may be under way; beyond that each caller makes its own
 */
public record CoalesceConfig(
        @Doc("How many different calls may be under way and waited for; beyond that each caller makes its own.")
        @Default("10000")
        int maxCalls) {
    /** Ten thousand different calls. */
    public static final CoalesceConfig DEFAULT = new CoalesceConfig(10_000);

    /**
     * Validates the number.
     *
     * @param maxCalls 1 to 1,000,000
     * @throws IllegalArgumentException if it is out of bounds
     */
    public CoalesceConfig {
        Check.between("max-calls", maxCalls, 1, 1_000_000);
    }
}
