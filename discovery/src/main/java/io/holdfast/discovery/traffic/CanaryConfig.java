package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;
import java.util.List;

/**
 * A new version gets more and more of the calls while it is no worse than the one before, and none as soon as it surely is. What "surely" means stands at {@link CanaryPlan}.
 *
 * @param version the new version
 * @param baseline the version that it is held against
 * @param steps its share of the calls, in percent, step by step
 * @param hold how long each step lasts at least
 * @param minCalls how many of its calls each step sees at least
 * @param maxFailureGap how much larger its share of failed calls may be
 * @param latencyFactor a call slower than so many times the baseline's p95 is slow
 * @param maxSlowGap how much larger its share of slow calls may be
 * @param patience how long a step may stay undecided
 */
public record CanaryConfig(
        @Doc("The new version, as its instances tell it.") String version,

        @Doc("The version that it is held against, and that gets all calls back when it fails.")
        String baseline,

        @Doc("Its share of the calls in percent, step by step; the first is below 100.") @Default("1, 5, 20, 50, 100")
        List<Integer> steps,

        @Doc("How long each step lasts at least.") @Default("30s")
        Duration hold,

        @Doc("How many calls of the new version each step sees at least.") @Default("50")
        int minCalls,

        @Doc(
                "By how much its share of failed calls may be above the baseline's: surely more rolls it back, surely no more lets it step up.")
        @Default("2%")
        double maxFailureGap,

        @Doc("A call is slow that takes longer than so many times the baseline's p95.") @Default("1.5")
        double latencyFactor,

        @Doc("By how much its share of slow calls may be above the baseline's.") @Default("5%")
        double maxSlowGap,

        @Doc("A step that is neither surely good nor surely bad after so long rolls back.") @Default("30m")
        Duration patience) {
    /**
     * Validates the numbers.
     *
     * @param version as the component
     * @param baseline another version
     * @param steps 1 to 20 numbers from 1 to 100, ascending; the first below 100
     * @param hold zero or more
     * @param minCalls 1 to 1,000,000
     * @param maxFailureGap above 0 to 1
     * @param latencyFactor 1 to 100
     * @param maxSlowGap above 0 to 1
     * @param patience longer than hold
     * @throws IllegalArgumentException if one is out of bounds
     */
    public CanaryConfig {
        Check.that(
                !version.equals(baseline),
                "version (%s) and baseline (%s) must differ; give the new instances a version (holdfast.node.version)",
                version,
                baseline);
        Check.that(
                !steps.isEmpty() && steps.size() <= 20 && ascending(steps),
                "steps (%s) must be 1 to 20 numbers from 1 to 100, ascending",
                steps);
        Check.that(
                steps.get(0) < 100,
                "steps (%s) begin with 100, so that the baseline has no calls to be held against; put a smaller step before 100",
                steps);
        Check.notNegative("hold", hold);
        Check.between("min-calls", minCalls, 1, 1_000_000);
        Check.that(
                maxFailureGap > 0 && maxFailureGap <= 1,
                "max-failure-gap (%s) must be above 0 and at most 1: that there is no difference at all cannot be shown",
                maxFailureGap);
        Check.that(latencyFactor >= 1 && latencyFactor <= 100, "latency-factor (%s) must be 1 to 100", latencyFactor);
        Check.that(maxSlowGap > 0 && maxSlowGap <= 1, "max-slow-gap (%s) must be above 0 and at most 1", maxSlowGap);
        Check.that(
                patience.compareTo(hold) > 0,
                "patience (%s) must be longer than hold (%s); raise patience",
                patience,
                hold);
        steps = List.copyOf(steps);
    }

    private static boolean ascending(List<Integer> steps) {
        int before = 0;
        for (int step : steps) {
            if (step <= before || step > 100) {
                return false;
            }
            before = step;
        }
        return true;
    }

    /**
     * A canary with the defaults.
     *
     * @param version the new version
     * @param baseline the version that it is held against
     * @return the canary
     * @throws IllegalArgumentException if they are the same
     */
    public static CanaryConfig of(String version, String baseline) {
        return new CanaryConfig(
                version,
                baseline,
                List.of(1, 5, 20, 50, 100),
                Duration.ofSeconds(30),
                50,
                0.02,
                1.5,
                0.05,
                Duration.ofMinutes(30));
    }

    /**
     * This canary with other steps.
     *
     * @param percents ascending, 1 to 100 each, the first below 100
     * @param holding how long each lasts at least
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public CanaryConfig withSteps(List<Integer> percents, Duration holding) {
        return new CanaryConfig(
                version, baseline, percents, holding, minCalls, maxFailureGap, latencyFactor, maxSlowGap, patience);
    }
}
