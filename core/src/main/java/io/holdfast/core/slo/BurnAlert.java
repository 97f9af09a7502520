package io.holdfast.core.slo;

import io.holdfast.core.Check;
import java.time.Duration;
import java.util.List;

/**
 * When a budget is spent too fast: above {@code factor} times the rate that would spend it exactly, over a long window and still over a short one (The Site Reliability Workbook, chapter 5,
 * "Multiwindow, Multi-Burn-Rate Alerts").
 *
 * @param name what it is called: {@code page-fast}, {@code page-slow}, {@code ticket}
 * @param severity {@code page} or {@code ticket}
 * @param factor the burn rate above which it fires, as far as the objective can reach it: see {@link Objective#reachable}
 * @param longWindow long enough that it matters
 * @param shortWindow short enough that it is over soon after the trouble
 */
public record BurnAlert(String name, String severity, double factor, Duration longWindow, Duration shortWindow) {
    /** The alerts of the workbook for a period of 30 days: 2 % of the budget in an hour, 5 % in six, 10 % in three days. */
    public static final List<BurnAlert> WORKBOOK = List.of(
            new BurnAlert("page-fast", "page", 14.4, Duration.ofHours(1), Duration.ofMinutes(5)),
            new BurnAlert("page-slow", "page", 6, Duration.ofHours(6), Duration.ofMinutes(30)),
            new BurnAlert("ticket", "ticket", 1, Duration.ofDays(3), Duration.ofHours(6)));

    /**
     * Validates the numbers.
     *
     * @param name a DNS label
     * @param severity a DNS label
     * @param factor above 0
     * @param longWindow longer than the short one, at most {@link SloTracker#LONGEST}
     * @param shortWindow longer than zero
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public BurnAlert {
        Check.label("alert", name);
        Check.label("severity", severity);
        Check.that(factor > 0, "factor of alert %s (%s) must be above 0", name, factor);
        Check.positive("short window", shortWindow);
        Check.that(
                longWindow.compareTo(shortWindow) > 0 && longWindow.compareTo(SloTracker.LONGEST) <= 0,
                "long window of alert %s (%s) must be longer than its short window (%s) and at most %s",
                name,
                longWindow,
                shortWindow,
                SloTracker.LONGEST);
    }
}
