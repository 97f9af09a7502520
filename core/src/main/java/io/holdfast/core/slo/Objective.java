package io.holdfast.core.slo;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import java.time.Duration;
import java.util.Optional;

/**
 * What share of the calls of a service is to be good (Beyer et al., The Site Reliability Workbook, chapter 2).
 *
 * @param name what it is called in metrics: {@code availability} or {@code latency}
 * @param target the share, 50 % to 99.999 %
 * @param threshold for latency: a call that takes longer is bad even if it is answered; empty where only failures are bad
 */
public record Objective(String name, double target, Optional<Duration> threshold) {
    /**
     * Validates the numbers.
     *
     * @param name a DNS label
     * @param target 0.5 to 0.99999
     * @param threshold longer than zero
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public Objective {
        Check.label("objective", name);
        Check.that(
                target >= 0.5 && target <= 0.99999,
                "target of %s (%s) must be between 50%% and 99.999%%: at 100%% the first failure would spend a budget of nothing",
                name,
                target);
        threshold.ifPresent(value -> Check.positive("latency threshold", value));
    }

    /**
     * A share of the calls is answered.
     *
     * @param target the share
     * @return the objective
     * @throws IllegalArgumentException if the share is out of bounds
     */
    public static Objective availability(double target) {
        return new Objective("availability", target, Optional.empty());
    }

    /**
     * A share of the calls is answered within a time.
     *
     * @param target the share
     * @param threshold the time
     * @return the objective
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public static Objective latency(double target, Duration threshold) {
        return new Objective("latency", target, Optional.of(threshold));
    }

    /**
     * Whether a call is good.
     *
     * @param answered whether it was answered, if only with an exception that is an answer
     * @param nanos how long it took
     * @return true for a good call
     */
    public boolean isGood(boolean answered, long nanos) {
        return answered && (threshold.isEmpty() || nanos <= threshold.get().toNanos());
    }

    /**
     * The share of calls that may be bad.
     *
     * @return above 0
     */
    public double budget() {
        return 1 - target;
    }

    /**
     * The burn rate at which something that is to happen at {@code factor} happens for this objective. No budget burns faster than {@code 1 / budget}, when every call is bad: an alert above that
     * would never fire. So it happens when half of the calls are bad at the latest.
     *
     * @param factor the burn rate above which it is to happen, 1 or more
     * @return the factor, or half of the fastest rate if that is less, to a tenth; at least 1
     */
    public double reachable(double factor) {
        return Math.min(factor, Math.round(5 / budget()) / 10.0);
    }

    /**
     * The objective for people.
     *
     * @return for instance {@code 99.0% within 300ms}
     */
    public String describe() {
        String share = Math.round(target * 100_000) / 1000.0 + "%";
        return threshold
                .map(within -> share + " within " + DurationText.of(within))
                .orElse(share + " answered");
    }
}
