package io.holdfast.discovery.traffic;

import io.holdfast.core.slo.Guard;
import io.holdfast.discovery.outlier.Proportion;
import java.util.Locale;

/**
 * Decides about a canary from what was counted. Pure.
 *
 * <p>Two shares are compared, of failed calls and of slow ones (slower than a multiple of the baseline's p95), each by the hybrid score interval of Newcombe, which is sound for few calls
 * ({@link Proportion}). The canary rolls back when a share is above the baseline's by more than the gap, at {@value #SURE_BAD} standard deviations (99.9 %, because it is looked at again and again);
 * it steps up when no share is, at {@value #SURE_GOOD} (95 %). So a step takes as many calls as its gap needs: about 130 without any failure for 2 %. Each step counts anew: counts of steps
 * with different splits must not be added up, or an incident of one step would be put down to the version that had more calls in another (Simpson, 1951).
 */
final class CanaryPlan {
    /** How sure a rollback is, in standard deviations. */
    static final double SURE_BAD = 3;

    /** How sure a step is, in standard deviations. */
    static final double SURE_GOOD = 1.645;

    /** With fewer calls nothing is rolled back: the first ones open connections and load classes. */
    static final int MIN_BAD = 5;

    /** With fewer calls the baseline has no p95. */
    static final int MIN_BASELINE = 20;

    /** What comes next, and why. */
    record Decision(CanaryState next, String why) {}

    private final CanaryConfig config;

    CanaryPlan(CanaryConfig config) {
        this.config = config;
    }

    CanaryState.Running begin(long nowNanos) {
        return new CanaryState.Running(0, config.steps().get(0), nowNanos, Counts.NONE);
    }

    /**
     * Decides.
     *
     * @param now the step under way
     * @param canary what the new version did in this step
     * @param baseline what the baseline did in this step
     * @param guard whether all is well besides
     * @param nowNanos the monotonic clock
     * @return the same state while nothing is decided
     */
    Decision decide(CanaryState.Running now, Counts canary, Counts baseline, Guard.Verdict guard, long nowNanos) {
        if (!guard.ok()) {
            return back("the guard says: " + guard.reason());
        }
        Counts against = now.percent() == 100 ? now.before() : baseline;
        Gap failures = new Gap("failed", canary.failed(), against.failed(), config.maxFailureGap());
        Gap slow = slow(canary, against);
        if (canary.calls() >= MIN_BAD && failures.surelyBad()) {
            return back(failures.toString());
        }
        if (canary.calls() >= MIN_BAD && slow.surelyBad()) {
            return back(slow.toString());
        }
        long held = nowNanos - now.sinceNanos();
        boolean enough = held >= config.hold().toNanos() && canary.calls() >= config.minCalls();
        if (enough && failures.surelyGood() && slow.surelyGood()) {
            return up(now, against, failures + "; " + slow, nowNanos);
        }
        return held <= config.patience().toNanos()
                ? new Decision(now, "")
                : back("not shown to be good within the patience of the step: " + failures + "; " + slow);
    }

    private Gap slow(Counts canary, Counts against) {
        if (against.good() < MIN_BASELINE) {
            return new Gap("slow", new Proportion(0, 0), new Proportion(0, 0), config.maxSlowGap());
        }
        long limit = (long) (against.quantileNanos(0.95) * config.latencyFactor());
        int bucket = LatencyBuckets.of(limit);
        return new Gap("slow", canary.slowerThan(bucket), against.slowerThan(bucket), config.maxSlowGap());
    }

    private Decision up(CanaryState.Running now, Counts baseline, String why, long nowNanos) {
        int next = now.step() + 1;
        return next == config.steps().size()
                ? new Decision(new CanaryState.Complete(now.percent()), why)
                : new Decision(new CanaryState.Running(next, config.steps().get(next), nowNanos, baseline), why);
    }

    private static Decision back(String why) {
        return new Decision(new CanaryState.RolledBack(why), why);
    }

    /** A share that may be so much above the baseline's. */
    private record Gap(String what, Proportion canary, Proportion baseline, double most) {
        boolean surelyBad() {
            return canary.excessLower(baseline, SURE_BAD) > most;
        }

        boolean surelyGood() {
            return canary.excessUpper(baseline, SURE_GOOD) <= most;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s %s (%.2f%%) against %s (%.2f%%), at most %.1f%% more",
                    what,
                    canary,
                    100 * canary.share(),
                    baseline,
                    100 * baseline.share(),
                    100 * most);
        }
    }
}
