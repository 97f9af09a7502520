package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * When calls are stopped (Nygard, Release It, chapter 5; the states are those of Resilience4j).
 *
 * @param failureRateThreshold the share of failed calls at which the breaker opens
 * @param slowCallRateThreshold the share of slow calls at which the breaker opens
 * @param slowCallDuration from when on a call is slow
 * @param minimumCalls how many calls must be in the window before it is judged
 * @param window whether the window counts calls or seconds
 * @param windowSize how many calls, or seconds, the window holds
 * @param waitInOpen how long calls are refused before some are tried
 * @param halfOpenCalls how many calls are tried
 * @param halfOpenTimeout how long the tried calls may take before the breaker opens again
 * @param scope whether nodes tell each other what they saw
 */
public record CircuitBreakerConfig(
        @Doc("The breaker opens when at least this share of the calls in the window failed.") @Default("50%")
        double failureRateThreshold,

        @Doc("The breaker opens when at least this share of the calls in the window was slow.") @Default("100%")
        double slowCallRateThreshold,

        @Doc("A call that took longer is slow.") @Default("60s")
        Duration slowCallDuration,

        @Doc("Fewer calls than this in the window are not judged.") @Default("20")
        int minimumCalls,

        @Doc("What the window holds: the last calls (count) or the calls of the last seconds (time).") @Default("count")
        Window window,

        @Doc("How many calls (count) or seconds (time) the window holds.") @Default("100")
        int windowSize,

        @Doc("How long calls are refused before some are tried.") @Default("5s")
        Duration waitInOpen,

        @Doc("How many calls are let through to see whether the callee is well again.") @Default("5")
        int halfOpenCalls,

        @Doc("If the tried calls have not all ended after this time, the breaker opens again.") @Default("1m")
        Duration halfOpenTimeout,

        @Doc(
                "Whether each node judges for itself (node), or nodes tell each other what they saw: a quorum opens the circuit of those that saw nothing, and one node tries for all (cluster).")
        @Default("node")
        Scope scope) {
    /** What a window holds. */
    public enum Window {
        /** The last calls. */
        COUNT,
        /** The calls of the last seconds. */
        TIME
    }

    /** Opens at half of at least 20 among the last 100 calls, for five seconds. */
    public static final CircuitBreakerConfig DEFAULT = new CircuitBreakerConfig(
            0.5,
            1,
            Duration.ofSeconds(60),
            20,
            Window.COUNT,
            100,
            Duration.ofSeconds(5),
            5,
            Duration.ofMinutes(1),
            Scope.NODE);

    /**
     * Validates the numbers.
     *
     * @param failureRateThreshold above 0, at most 1
     * @param slowCallRateThreshold above 0, at most 1
     * @param slowCallDuration longer than zero
     * @param minimumCalls 1 to 100,000
     * @param window what the window holds
     * @param windowSize 1 to 100,000 calls or 1 to 3,600 seconds
     * @param waitInOpen longer than zero
     * @param halfOpenCalls 1 to 10,000
     * @param halfOpenTimeout longer than zero
     * @param scope as the component
     * @throws IllegalArgumentException if a number is out of bounds, or the window cannot hold the minimum
     */
    public CircuitBreakerConfig {
        aboveZero("failure-rate-threshold", failureRateThreshold);
        aboveZero("slow-call-rate-threshold", slowCallRateThreshold);
        Check.positive("slow-call-duration", slowCallDuration);
        Check.between("minimum-calls", minimumCalls, 1, 100_000);
        Check.between("window-size", windowSize, 1, window == Window.COUNT ? 100_000 : 3_600);
        Check.that(
                window == Window.TIME || minimumCalls <= windowSize,
                "minimum-calls (%d) must be at most window-size (%d calls); lower one or raise the other",
                minimumCalls,
                windowSize);
        Check.positive("wait-in-open", waitInOpen);
        Check.between("half-open-calls", halfOpenCalls, 1, 10_000);
        Check.positive("half-open-timeout", halfOpenTimeout);
    }

    private static void aboveZero(String name, double ratio) {
        Check.that(ratio > 0, "%s (%s) must be more than 0%%; at 0%% every call would open the breaker", name, ratio);
        Check.ratio(name, ratio);
    }

    /**
     * This block with another window of calls.
     *
     * @param minimum how many calls must be in the window before it is judged
     * @param calls how many calls the window holds
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public CircuitBreakerConfig withCalls(int minimum, int calls) {
        return new CircuitBreakerConfig(
                failureRateThreshold,
                slowCallRateThreshold,
                slowCallDuration,
                minimum,
                Window.COUNT,
                calls,
                waitInOpen,
                halfOpenCalls,
                halfOpenTimeout,
                scope);
    }

    /**
     * This block with another failure rate.
     *
     * @param value above 0, at most 1
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public CircuitBreakerConfig withFailureRateThreshold(double value) {
        return new CircuitBreakerConfig(
                value,
                slowCallRateThreshold,
                slowCallDuration,
                minimumCalls,
                window,
                windowSize,
                waitInOpen,
                halfOpenCalls,
                halfOpenTimeout,
                scope);
    }

    /**
     * This block with another way from open to closed.
     *
     * @param wait how long calls are refused
     * @param calls how many calls are then tried
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public CircuitBreakerConfig withRecovery(Duration wait, int calls) {
        return new CircuitBreakerConfig(
                failureRateThreshold,
                slowCallRateThreshold,
                slowCallDuration,
                minimumCalls,
                window,
                windowSize,
                wait,
                calls,
                halfOpenTimeout,
                scope);
    }

    /**
     * This block with another scope.
     *
     * @param value whether nodes tell each other what they saw
     * @return a copy
     */
    public CircuitBreakerConfig withScope(Scope value) {
        return new CircuitBreakerConfig(
                failureRateThreshold,
                slowCallRateThreshold,
                slowCallDuration,
                minimumCalls,
                window,
                windowSize,
                waitInOpen,
                halfOpenCalls,
                halfOpenTimeout,
                value);
    }
}
