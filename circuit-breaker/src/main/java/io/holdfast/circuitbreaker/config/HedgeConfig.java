package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * When a second attempt is made beside one that takes longer than usual; the first that ends well counts, the other is cancelled (Dean and Barroso, "The Tail at Scale", CACM 56(2), 2013, section
 * "Hedged requests"). Bounded by a token bucket as retries are: with slow calls everywhere, second attempts would only add load.
 *
 * @param percentile the share of calls that end before a second attempt begins; learned from the calls themselves
 * @param minDelay the shortest time before a second attempt
 * @param maxDelay the longest time before a second attempt
 * @param minimumCalls how many calls must have been seen before second attempts are made
 * @param budgetRatio second attempts per call over time
 * @param budgetBurst how many second attempts may be saved up
 */
public record HedgeConfig(
        @Doc("The share of calls that end before a second attempt begins; learned from the calls themselves.")
        @Default("95%")
        double percentile,

        @Doc("The shortest time before a second attempt.") @Default("1ms")
        Duration minDelay,

        @Doc("The longest time before a second attempt.") @Default("1s")
        Duration maxDelay,

        @Doc("How many calls must have been seen before second attempts are made.") @Default("100")
        int minimumCalls,

        @Doc("How many second attempts all calls of the policy may make for each call, over time.") @Default("5%")
        double budgetRatio,

        @Doc("How many second attempts the policy may save up.") @Default("10")
        int budgetBurst) {
    /** A second attempt after the learned p95, for at most one call in twenty. */
    public static final HedgeConfig DEFAULT =
            new HedgeConfig(0.95, Duration.ofMillis(1), Duration.ofSeconds(1), 100, 0.05, 10);

    /**
     * Validates the numbers.
     *
     * @param percentile 0.5 to 0.999
     * @param minDelay longer than zero
     * @param maxDelay not shorter than the shortest
     * @param minimumCalls 10 to 1,000
     * @param budgetRatio 0 to 1
     * @param budgetBurst 0 to 10,000
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public HedgeConfig {
        Check.that(
                percentile >= 0.5 && percentile <= 0.999,
                "percentile (%s) must be between 50%% and 99.9%%; a lower one would send most calls twice",
                percentile);
        Check.positive("min-delay", minDelay);
        Check.that(
                maxDelay.compareTo(minDelay) >= 0,
                "max-delay (%s) must not be shorter than min-delay (%s); raise max-delay",
                maxDelay,
                minDelay);
        Check.between("minimum-calls", minimumCalls, 10, 1_000);
        Check.ratio("budget-ratio", budgetRatio);
        Check.between("budget-burst", budgetBurst, 0, 10_000);
    }

    /**
     * This block with other delays.
     *
     * @param shortest the shortest time before a second attempt
     * @param longest the longest
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public HedgeConfig withDelay(Duration shortest, Duration longest) {
        return new HedgeConfig(percentile, shortest, longest, minimumCalls, budgetRatio, budgetBurst);
    }

    /**
     * This block with another budget.
     *
     * @param ratio second attempts per call over time
     * @param burst how many may be saved up
     * @return a copy
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public HedgeConfig withBudget(double ratio, int burst) {
        return new HedgeConfig(percentile, minDelay, maxDelay, minimumCalls, ratio, burst);
    }
}
