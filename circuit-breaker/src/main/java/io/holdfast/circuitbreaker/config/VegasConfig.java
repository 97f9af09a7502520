package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * Numbers of the limit that estimates the callee's queue (Brakmo and Peterson, TCP Vegas, 1995).
 *
 * @param alpha below which queue the limit grows
 * @param beta above which queue it falls
 * @param probeInterval how often the base time is measured anew
 */
public record VegasConfig(
        @Doc("The limit grows while the estimated queue is shorter than this times log10 of the limit.") @Default("3")
        int alpha,

        @Doc("The limit falls while the estimated queue is longer than this times log10 of the limit.") @Default("6")
        int beta,

        @Doc(
                "After so many full windows the limit is cut to a quarter for two, to measure how long calls take without a queue.")
        @Default("100")
        int probeInterval) {
    /** A queue of 3 to 6 times log10 of the limit. */
    public static final VegasConfig DEFAULT = new VegasConfig(3, 6, 100);

    /**
     * Validates the numbers.
     *
     * @param alpha 1 to 100
     * @param beta more than alpha, at most 200
     * @param probeInterval 10 to 100,000 windows
     * @throws IllegalArgumentException if one is out of bounds
     */
    public VegasConfig {
        Check.between("alpha", alpha, 1, 100);
        Check.between("beta", beta, 2, 200);
        Check.that(alpha < beta, "alpha (%d) must be less than beta (%d); lower alpha or raise beta", alpha, beta);
        Check.between("probe-interval", probeInterval, 10, 100_000);
    }
}
