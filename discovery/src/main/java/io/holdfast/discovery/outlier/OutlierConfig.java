package io.holdfast.discovery.outlier;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * When an instance is taken out because it does worse than the others, and how it comes back.
 *
 * @param consecutiveFailures so many failures in a row; 0 switches it off
 * @param successRateFactor so many standard deviations below the others' mean success rate; 0 switches it off
 * @param latencyFactor so many times as slow as the others' median; 0 switches it off
 * @param minCalls an instance with fewer calls is not judged by rate and latency
 * @param interval how often rates and latencies are judged
 * @param baseEjection how long the first time
 * @param maxEjection how long at most
 * @param maxEjected the share that may be out
 * @param panicThreshold with a smaller share left, all are used
 * @param probeCalls so many good calls, one at a time, bring it back
 */
@Doc(
        "Takes instances out for a while that do worse than the others. Instances are compared with those of the same version.")
public record OutlierConfig(
        @Doc(
                "So many failures in a row take an instance out at once, unless most calls of the others fail too; 0 switches it off.")
        @Default("5")
        int consecutiveFailures,

        @Doc(
                "A success rate that is surely below mean - factor * deviation of the others (at least 5 percentage points below the mean) takes an instance out; 0 switches it off.")
        @Default("1.9")
        double successRateFactor,

        @Doc(
                "A mean latency above factor * the others' median takes an instance out; each call counts as a multiple of its method's usual latency; 0 switches it off.")
        @Default("3")
        double latencyFactor,

        @Doc("An instance with fewer calls within ten intervals is not judged by rate and latency.") @Default("20")
        int minCalls,

        @Doc("How often rates and latencies are judged.") @Default("1s")
        Duration interval,

        @Doc("How long an instance is out the first time; n times as long the nth time in a row.") @Default("10s")
        Duration baseEjection,

        @Doc("How long an instance is out at most.") @Default("5m")
        Duration maxEjection,

        @Doc("The largest share of the instances that is out at once; one of two or more always may be.")
        @Default("30%")
        double maxEjected,

        @Doc(
                "When a smaller share of the instances is left, all are used: wrong answers from some beat the overload of few.")
        @Default("50%")
        double panicThreshold,

        @Doc(
                "When its time is over, an instance gets one call at a time; so many good ones bring it back, a bad one sends it out again.")
        @Default("3")
        int probeCalls) {
    /** The defaults. */
    public static final OutlierConfig DEFAULT = new OutlierConfig(
            5, 1.9, 3, 20, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(5), 0.3, 0.5, 3);

    /** Nobody is ever taken out. */
    public static final OutlierConfig OFF = new OutlierConfig(
            0, 0, 0, 20, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(5), 0, 0, 1);

    /**
     * Validates the numbers.
     *
     * @param consecutiveFailures 0 to 10,000
     * @param successRateFactor 0 to 100
     * @param latencyFactor 0, or more than 1 to 1000
     * @param minCalls 2 to 1,000,000
     * @param interval longer than zero
     * @param baseEjection longer than zero
     * @param maxEjection not shorter than the first
     * @param maxEjected 0 to 1
     * @param panicThreshold 0 to 1
     * @param probeCalls 1 to 1000
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public OutlierConfig {
        Check.between("consecutive-failures", consecutiveFailures, 0, 10_000);
        Check.that(
                successRateFactor >= 0 && successRateFactor <= 100,
                "success-rate-factor (%s) must be between 0 and 100",
                successRateFactor);
        Check.that(
                latencyFactor == 0 || (latencyFactor > 1 && latencyFactor <= 1000),
                "latency-factor (%s) must be 0 or above 1 and at most 1000",
                latencyFactor);
        Check.between("min-calls", minCalls, 2, 1_000_000);
        Check.positive("interval", interval);
        Check.positive("base-ejection", baseEjection);
        Check.that(
                maxEjection.compareTo(baseEjection) >= 0,
                "max-ejection (%s) must not be shorter than base-ejection (%s); raise max-ejection",
                maxEjection,
                baseEjection);
        Check.ratio("max-ejected", maxEjected);
        Check.ratio("panic-threshold", panicThreshold);
        Check.between("probe-calls", probeCalls, 1, 1000);
    }

    /** How many of so many instances may be out. */
    int mayBeOut(int instances) {
        int share = (int) Math.floor(instances * maxEjected);
        return instances < 2 || maxEjected == 0 ? 0 : Math.max(1, share);
    }

    /** How long an instance is out the nth time in a row. */
    long ejectionNanos(int nth) {
        long longest = maxEjection.toNanos();
        return baseEjection.toNanos() > longest / nth ? longest : baseEjection.toNanos() * nth;
    }
}
