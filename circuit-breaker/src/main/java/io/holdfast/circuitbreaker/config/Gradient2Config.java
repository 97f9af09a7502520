package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * Numbers of the limit that compares how long calls take now with how long they take without a queue (Gradient2 of Netflix concurrency-limits).
 *
 * @param tolerance how much longer calls may take
 * @param smoothing how much of a change is made at once
 * @param probeInterval how often the base time is measured anew
 */
public record Gradient2Config(
        @Doc("How many times longer than without a queue calls may take before the limit falls.") @Default("1.5")
        double tolerance,

        @Doc("Which share of a change of the limit is made in one window.") @Default("20%")
        double smoothing,

        @Doc(
                "After so many full windows the limit is cut to a quarter for two, to measure how long calls take without a queue.")
        @Default("100")
        int probeInterval) {
    /** Half as long again. */
    public static final Gradient2Config DEFAULT = new Gradient2Config(1.5, 0.2, 100);

    /**
     * Validates the numbers.
     *
     * @param tolerance 1 to 3
     * @param smoothing above 0, at most 1
     * @param probeInterval 10 to 100,000 windows
     * @throws IllegalArgumentException if one is out of bounds
     */
    public Gradient2Config {
        Check.that(
                tolerance >= 1 && tolerance <= 3,
                "tolerance (%s) must be between 1 and 3; beyond that a queue is no longer told from the work",
                tolerance);
        Check.that(smoothing > 0, "smoothing (%s) must be more than 0%%; at 0%% the limit would never move", smoothing);
        Check.ratio("smoothing", smoothing);
        Check.between("probe-interval", probeInterval, 10, 100_000);
    }
}
