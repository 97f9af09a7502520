package io.holdfast.core.slo;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the calls of one service against one objective, and says how fast the budget for bad calls is spent. Bounded: buckets of ten seconds for six hours and of five minutes for three days, about
 * 50 KB. Safe for use by many threads.
 */
public final class SloTracker {
    /** The longest window that can be asked for. */
    public static final Duration LONGEST = Duration.ofDays(3);

    private static final Duration FINE = Duration.ofSeconds(10);
    private static final Duration FINE_SPAN = Duration.ofHours(6);
    private static final Duration COARSE = Duration.ofMinutes(5);

    private final String service;
    private final Objective objective;
    private final EventRing fine;
    private final EventRing coarse;
    private final LongAdder good = new LongAdder();
    private final LongAdder bad = new LongAdder();

    /**
     * Makes a tracker that has seen nothing.
     *
     * @param service whose calls are counted, for people
     * @param objective what is wanted
     * @param nowNanos the monotonic clock
     */
    public SloTracker(String service, Objective objective, long nowNanos) {
        this.service = service;
        this.objective = objective;
        this.fine = new EventRing(FINE.toNanos(), (int) FINE_SPAN.dividedBy(FINE), nowNanos);
        this.coarse = new EventRing(COARSE.toNanos(), (int) LONGEST.dividedBy(COARSE), nowNanos);
    }

    /**
     * A call ended.
     *
     * @param answered whether it was answered, if only with an exception that is an answer
     * @param nanos how long it took
     * @param nowNanos the monotonic clock
     */
    public void record(boolean answered, long nanos, long nowNanos) {
        boolean isGood = objective.isGood(answered, nanos);
        fine.record(isGood, nowNanos);
        coarse.record(isGood, nowNanos);
        (isGood ? good : bad).increment();
    }

    /**
     * What is wanted.
     *
     * @return the objective
     */
    public Objective objective() {
        return objective;
    }

    /**
     * How many calls were good since the start.
     *
     * @return a count that only grows
     */
    public long good() {
        return good.sum();
    }

    /**
     * How many calls were bad since the start.
     *
     * @return a count that only grows
     */
    public long bad() {
        return bad.sum();
    }

    /**
     * How many calls ended in a window that ends now.
     *
     * @param window how long it is, at most {@link #LONGEST}; exact to ten seconds up to six hours, to five minutes beyond
     * @param nowNanos the monotonic clock
     * @return a count
     */
    public long events(Duration window, long nowNanos) {
        long[] sum = sum(window, nowNanos);
        return sum[0] + sum[1];
    }

    /**
     * How fast the budget is spent in a window that ends now.
     *
     * @param window how long it is, as {@link #events}
     * @param nowNanos the monotonic clock
     * @return 1 for exactly what the objective allows, 0 without calls
     * @throws IllegalArgumentException if the window is not positive or longer than {@link #LONGEST}
     */
    public double burnRate(Duration window, long nowNanos) {
        long[] sum = sum(window, nowNanos);
        long events = sum[0] + sum[1];
        return events == 0 ? 0 : (double) sum[1] / events / objective.budget();
    }

    private long[] sum(Duration window, long nowNanos) {
        Check.positive("window", window);
        Check.that(window.compareTo(LONGEST) <= 0, "window (%s) must be at most %s", window, LONGEST);
        EventRing ring = window.compareTo(FINE_SPAN) <= 0 ? fine : coarse;
        return ring.sum(window.toNanos(), nowNanos);
    }

    /**
     * The alerts that fire.
     *
     * @param alerts which there are
     * @param nowNanos the monotonic clock
     * @return those of them whose factor, as far as the objective can reach it, is passed in both windows
     */
    public List<BurnAlert> firing(List<BurnAlert> alerts, long nowNanos) {
        List<BurnAlert> firing = new ArrayList<>();
        for (BurnAlert alert : alerts) {
            double factor = objective.reachable(alert.factor());
            if (burnRate(alert.shortWindow(), nowNanos) > factor && burnRate(alert.longWindow(), nowNanos) > factor) {
                firing.add(alert);
            }
        }
        return firing;
    }

    /**
     * A guard that objects while the budget is spent too fast.
     *
     * @param factor the burn rate above which it objects, as far as the objective can reach it: see {@link Objective#reachable}
     * @param window over which time
     * @param minimumEvents how many calls it must have seen in it; with fewer it has no objection
     * @return the guard
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public Guard guard(double factor, Duration window, int minimumEvents) {
        Check.that(factor > 0, "factor (%s) must be above 0", factor);
        Check.between("minimum events", minimumEvents, 1, 1_000_000);
        Check.positive("window", window);
        double most = objective.reachable(factor);
        return nowNanos -> {
            if (events(window, nowNanos) < minimumEvents) {
                return Guard.Verdict.OK;
            }
            double rate = burnRate(window, nowNanos);
            return rate <= most
                    ? Guard.Verdict.OK
                    : Guard.Verdict.notOk(String.format(
                            Locale.ROOT,
                            "%s of %s (%s) burns at %.1f times its budget over the last %s, more than %.1f",
                            objective.name(),
                            service,
                            objective.describe(),
                            rate,
                            DurationText.of(window),
                            most));
        };
    }
}
