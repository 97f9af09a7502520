package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * How many calls run at once where nobody knows the right number: it is learnt from how long the calls take.
 *
 * @param algorithm how it is learnt
 * @param initialLimit where it begins
 * @param minLimit where it ends below
 * @param maxLimit where it ends above
 * @param window how often it is judged
 * @param shares what each class of criticality always gets
 * @param gradient2 numbers of that algorithm
 * @param vegas numbers of that algorithm
 * @param aimd numbers of that algorithm
 */
public record AdaptiveLimitConfig(
        @Doc(
                "How the limit is learnt: gradient2 (from how much longer calls take than without a queue), vegas (from an estimate of the queue), aimd (from timeouts and refusals only).")
        @Default("gradient2")
        Algorithm algorithm,

        @Doc("The limit at the start.") @Default("20") int initialLimit,

        @Doc("The limit never falls below this.") @Default("4")
        int minLimit,

        @Doc("The limit never grows above this.") @Default("1000")
        int maxLimit,

        @Doc(
                "How long calls are watched before the limit is judged; longer where calls take longer than half of it or are fewer than ten.")
        @Default("100ms")
        Duration window,

        @Doc("What each class of criticality always gets.") SharesConfig shares,
        @Doc("Numbers of the algorithm gradient2.") Gradient2Config gradient2,
        @Doc("Numbers of the algorithm vegas.") VegasConfig vegas,
        @Doc("Numbers of the algorithm aimd.") AimdConfig aimd) {
    /** How a limit is learnt. */
    public enum Algorithm {
        /** From how much longer calls take than without a queue. */
        GRADIENT2,
        /** From an estimate of the callee's queue. */
        VEGAS,
        /** From timeouts and refusals only. */
        AIMD
    }

    /** Gradient2 between 4 and 1000. */
    public static final AdaptiveLimitConfig DEFAULT = new AdaptiveLimitConfig(
            Algorithm.GRADIENT2,
            20,
            4,
            1000,
            Duration.ofMillis(100),
            SharesConfig.DEFAULT,
            Gradient2Config.DEFAULT,
            VegasConfig.DEFAULT,
            AimdConfig.DEFAULT);

    /**
     * Validates the numbers.
     *
     * @param algorithm how it is learnt
     * @param initialLimit between the other two
     * @param minLimit 1 to 16,000
     * @param maxLimit 1 to 16,000
     * @param window 1 ms to 1 m
     * @param shares what each class always gets
     * @param gradient2 numbers of that algorithm
     * @param vegas numbers of that algorithm
     * @param aimd numbers of that algorithm
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public AdaptiveLimitConfig {
        Check.between("min-limit", minLimit, 1, 16_000);
        Check.between("max-limit", maxLimit, 1, 16_000);
        Check.that(
                minLimit <= initialLimit && initialLimit <= maxLimit,
                "initial-limit (%d) must be between min-limit (%d) and max-limit (%d); change one of them",
                initialLimit,
                minLimit,
                maxLimit);
        Check.positive("window", window);
        Check.that(
                window.toNanos() >= 1_000_000 && window.compareTo(Duration.ofMinutes(1)) <= 0,
                "window (%s) must be between 1ms and 1m",
                window);
    }

    /**
     * These numbers with another algorithm.
     *
     * @param value the algorithm
     * @return a copy
     */
    public AdaptiveLimitConfig withAlgorithm(Algorithm value) {
        return new AdaptiveLimitConfig(value, initialLimit, minLimit, maxLimit, window, shares, gradient2, vegas, aimd);
    }

    /**
     * These numbers with other bounds.
     *
     * @param initial the limit at the start
     * @param min the lowest
     * @param max the highest
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public AdaptiveLimitConfig withLimits(int initial, int min, int max) {
        return new AdaptiveLimitConfig(algorithm, initial, min, max, window, shares, gradient2, vegas, aimd);
    }

    /**
     * These numbers with other shares.
     *
     * @param value the shares
     * @return a copy
     */
    public AdaptiveLimitConfig withShares(SharesConfig value) {
        return new AdaptiveLimitConfig(
                algorithm, initialLimit, minLimit, maxLimit, window, value, gradient2, vegas, aimd);
    }
}
