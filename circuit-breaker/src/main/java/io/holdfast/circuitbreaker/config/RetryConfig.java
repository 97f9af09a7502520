package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * How failed calls are tried again. The wait before retry n is {@code min(max-backoff, backoff * multiplier^(n-1))} (exponential) or {@code min(max-backoff, backoff * fibonacci(n))}, shortened at
 * random by up to {@code jitter}, or {@code min(max-backoff, random(backoff, 3 * the wait before))} (decorrelated; all three: Brooker, "Exponential Backoff And Jitter"). Retries together are bounded by a token bucket: a call adds {@code budget-ratio} of a token, a retry takes one (Finagle's RetryBudget;
 * Beyer et al., Site Reliability Engineering, chapter 21), so that a callee in trouble gets at most that much more load.
 *
 * @param maxRetries how often a call is tried again after the first attempt
 * @param strategy how the wait grows
 * @param backoff the wait before the first retry
 * @param multiplier by which the wait grows
 * @param maxBackoff the longest wait
 * @param jitter the share of the wait that is drawn at random
 * @param budgetRatio retries per call over time
 * @param budgetBurst how many retries may be saved up
 */
public record RetryConfig(
        @Doc("How often a call is tried again after the first attempt.") @Default("2")
        int maxRetries,

        @Doc(
                "How the wait grows: exponential (by multiplier), fibonacci, or decorrelated (at random up to three times the last wait; jitter and multiplier do not count).")
        @Default("exponential")
        Strategy strategy,

        @Doc("The wait before the first retry.") @Default("50ms")
        Duration backoff,

        @Doc("By what an exponential wait grows with each retry.") @Default("2")
        double multiplier,

        @Doc("The longest wait. A callee that asks for a longer one is not tried again.") @Default("1s")
        Duration maxBackoff,

        @Doc("The share of the wait that is drawn at random, so that callers do not come back together.")
        @Default("50%")
        double jitter,

        @Doc("How many retries all calls of the policy may make for each call, over time.") @Default("10%")
        double budgetRatio,

        @Doc("How many retries the policy may save up for a bad moment.") @Default("10")
        int budgetBurst) {
    /** How the wait grows. */
    public enum Strategy {
        /** By a factor. */
        EXPONENTIAL,
        /** By the Fibonacci numbers: 1, 1, 2, 3, 5 times the first wait. */
        FIBONACCI,
        /** At random between the first wait and three times the last one. */
        DECORRELATED
    }

    /** Two retries after 50 and 100 ms, at most one retry for ten calls. */
    public static final RetryConfig DEFAULT =
            new RetryConfig(2, Strategy.EXPONENTIAL, Duration.ofMillis(50), 2, Duration.ofSeconds(1), 0.5, 0.1, 10);

    /**
     * Validates the numbers.
     *
     * @param maxRetries 0 to 100
     * @param strategy how the wait grows
     * @param backoff zero or more
     * @param multiplier 1 to 10
     * @param maxBackoff not shorter than the backoff
     * @param jitter 0 to 1
     * @param budgetRatio 0 to 1
     * @param budgetBurst 0 to 10,000
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public RetryConfig {
        Check.between("max-retries", maxRetries, 0, 100);
        Check.notNegative("backoff", backoff);
        Check.that(multiplier >= 1 && multiplier <= 10, "multiplier (%s) must be between 1 and 10", multiplier);
        Check.that(
                maxBackoff.compareTo(backoff) >= 0,
                "max-backoff (%s) must not be shorter than backoff (%s); raise max-backoff",
                maxBackoff,
                backoff);
        Check.ratio("jitter", jitter);
        Check.ratio("budget-ratio", budgetRatio);
        Check.between("budget-burst", budgetBurst, 0, 10_000);
    }

    /**
     * This block with another number of retries.
     *
     * @param value 0 to 100
     * @return a copy
     * @throws IllegalArgumentException if it is out of bounds
     */
    public RetryConfig withMaxRetries(int value) {
        return new RetryConfig(value, strategy, backoff, multiplier, maxBackoff, jitter, budgetRatio, budgetBurst);
    }

    /**
     * This block with another growth of the wait.
     *
     * @param value how it grows
     * @return a copy
     */
    public RetryConfig withStrategy(Strategy value) {
        return new RetryConfig(maxRetries, value, backoff, multiplier, maxBackoff, jitter, budgetRatio, budgetBurst);
    }

    /**
     * This block with another wait.
     *
     * @param first the wait before the first retry
     * @param longest the longest wait
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public RetryConfig withBackoff(Duration first, Duration longest) {
        return new RetryConfig(maxRetries, strategy, first, multiplier, longest, jitter, budgetRatio, budgetBurst);
    }

    /**
     * This block with another budget.
     *
     * @param ratio retries per call over time
     * @param burst how many retries may be saved up
     * @return a copy
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public RetryConfig withBudget(double ratio, int burst) {
        return new RetryConfig(maxRetries, strategy, backoff, multiplier, maxBackoff, jitter, ratio, burst);
    }
}
