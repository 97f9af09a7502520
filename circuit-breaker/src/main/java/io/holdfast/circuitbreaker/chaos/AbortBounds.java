package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.slo.Objective;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * When an experiment stops because it does harm: how the targeted calls end that are really made, with their retries and hedges. A call that a kept result answers is not counted, one that a stale
 * result or a fallback stands in for counts as what it was.
 *
 * @param minSuccess which share of the calls must be good
 * @param maxLatency a call that takes longer is not good; empty where only failures are bad
 * @param minCalls how many calls must have ended before it is judged
 * @param window over which time
 */
public record AbortBounds(double minSuccess, Optional<Duration> maxLatency, int minCalls, Duration window) {
    /**
     * Validates the numbers.
     *
     * @param minSuccess 50 % to 99.999 %
     * @param maxLatency longer than zero
     * @param minCalls 1 to 1,000,000
     * @param window 10 s to 1 h; counted in steps of 10 s
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public AbortBounds {
        Check.that(
                minSuccess >= 0.5 && minSuccess <= 0.99999,
                "min-success (%s) must be between 50%% and 99.999%%",
                minSuccess);
        maxLatency.ifPresent(value -> Check.positive("max-latency", value));
        Check.between("min-calls", minCalls, 1, 1_000_000);
        Check.that(
                window.compareTo(Duration.ofSeconds(10)) >= 0 && window.compareTo(Experiment.LONGEST) <= 0,
                "window (%s) must be between 10s and %s",
                DurationText.of(window),
                DurationText.of(Experiment.LONGEST));
    }

    /**
     * A share of the calls must succeed, judged over 30 s from the twentieth call on.
     *
     * @param share which share
     * @return the bounds
     * @throws IllegalArgumentException if the share is out of bounds
     */
    public static AbortBounds minSuccess(double share) {
        return new AbortBounds(share, Optional.empty(), 20, Duration.ofSeconds(30));
    }

    /**
     * These bounds, where a slow call is not good either.
     *
     * @param value how long a call may take
     * @return a copy
     * @throws IllegalArgumentException if it is not longer than zero
     */
    public AbortBounds withMaxLatency(Duration value) {
        return new AbortBounds(minSuccess, Optional.of(value), minCalls, window);
    }

    Objective objective() {
        return maxLatency
                .map(within -> Objective.latency(minSuccess, within))
                .orElseGet(() -> Objective.availability(minSuccess));
    }

    String describe() {
        return String.format(Locale.ROOT, "fewer than %.3f%% good", minSuccess * 100)
                + maxLatency.map(within -> " within " + DurationText.of(within)).orElse("")
                + " of at least " + minCalls + " calls in " + DurationText.of(window);
    }
}
