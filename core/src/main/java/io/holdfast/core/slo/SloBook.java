package io.holdfast.core.slo;

import io.holdfast.core.DurationText;
import io.holdfast.core.env.MonotonicClock;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The objectives of a node with what it has seen: one tracker for each, told the end of every call, shown as metrics, asked by guards. Safe for use by many threads. */
public final class SloBook {
    /** A guard objects when the budget burns faster than this, the factor of {@code page-fast}, as far as the objective can reach it ({@link Objective#reachable}), ... */
    public static final double GUARD_FACTOR = 14.4;
    /** ... over a window short enough that an experiment or a canary is stopped in time ... */
    public static final Duration GUARD_WINDOW = Duration.ofMinutes(1);
    /** ... once so many calls have ended in it. */
    public static final int GUARD_CALLS = 20;

    /**
     * A fired alert.
     *
     * @param service whose budget burns
     * @param objective which one
     * @param alert which alert
     */
    public record Firing(String service, Objective objective, BurnAlert alert) {}

    private final SlosConfig config;
    private final MonotonicClock clock;
    private final Map<String, List<SloTracker>> trackers = new LinkedHashMap<>(); // by service; not changed once made

    /**
     * Opens a book in which nothing has been seen.
     *
     * @param config what is wanted
     * @param clock times the windows
     * @param meters where the metrics go
     */
    public SloBook(SlosConfig config, MonotonicClock clock, MeterRegistry meters) {
        this.config = config;
        this.clock = clock;
        long now = clock.nanoTime();
        config.objectives()
                .forEach((service, wanted) -> trackers.put(
                        service,
                        wanted.stream()
                                .map(objective -> new SloTracker(service, objective, now))
                                .toList()));
        trackers.forEach((service, seen) -> seen.forEach(tracker -> register(service, tracker, meters)));
    }

    private void register(String service, SloTracker tracker, MeterRegistry meters) {
        String objective = tracker.objective().name();
        SloMetric.EVENTS
                .counter(tracker, SloTracker::good)
                .tags("service", service, "objective", objective, "result", "good")
                .register(meters);
        SloMetric.EVENTS
                .counter(tracker, SloTracker::bad)
                .tags("service", service, "objective", objective, "result", "bad")
                .register(meters);
        for (Duration window : windows()) {
            SloMetric.BURN_RATE
                    .gauge(tracker, source -> burnRate(source, window))
                    .tags("service", service, "objective", objective, "window", DurationText.of(window))
                    .register(meters);
        }
        SloMetric.BUDGET_REMAINING
                .gauge(tracker, source -> 1 - burnRate(source, SloTracker.LONGEST))
                .tags("service", service, "objective", objective)
                .register(meters);
    }

    private static Set<Duration> windows() {
        Set<Duration> windows = new LinkedHashSet<>();
        for (BurnAlert alert : BurnAlert.WORKBOOK) {
            windows.add(alert.shortWindow());
            windows.add(alert.longWindow());
        }
        return windows;
    }

    /**
     * Whether anything is wanted of a service.
     *
     * @param service its name
     * @return false if its calls need not be told
     */
    public boolean covers(String service) {
        return trackers.containsKey(service);
    }

    /**
     * A call ended, after all policies.
     *
     * @param service what was called
     * @param answered whether it was answered, if only with an exception that is an answer
     * @param nanos how long it took
     */
    public void record(String service, boolean answered, long nanos) {
        long now = clock.nanoTime();
        for (SloTracker tracker : trackers.getOrDefault(service, List.of())) {
            tracker.record(answered, nanos, now);
        }
    }

    /**
     * What has been seen.
     *
     * @return the trackers by service, in the order of the configuration's names
     */
    public Map<String, List<SloTracker>> trackers() {
        return Collections.unmodifiableMap(trackers);
    }

    /**
     * How fast an objective's budget is spent in a window that ends now.
     *
     * @param tracker one of {@link #trackers}
     * @param window how long it is, at most {@link SloTracker#LONGEST}
     * @return 1 for exactly what the objective allows, 0 without calls
     */
    public double burnRate(SloTracker tracker, Duration window) {
        return tracker.burnRate(window, clock.nanoTime());
    }

    /**
     * The alerts that fire now, as this node sees it.
     *
     * @return the most urgent of each objective first
     */
    public List<Firing> firing() {
        long now = clock.nanoTime();
        List<Firing> firing = new ArrayList<>();
        trackers.forEach((service, seen) -> {
            for (SloTracker tracker : seen) {
                tracker.firing(BurnAlert.WORKBOOK, now)
                        .forEach(alert -> firing.add(new Firing(service, tracker.objective(), alert)));
            }
        });
        return firing;
    }

    /**
     * A guard that objects while an objective burns fast.
     *
     * @param name a name under {@code holdfast.slo}
     * @return the guard, or empty if there is no such name
     */
    public Optional<Guard> guard(String name) {
        return Optional.ofNullable(config.slo().get(name)).map(slo -> guardOf(slo.service()));
    }

    /**
     * A guard that objects while an objective of a service burns fast.
     *
     * @param service the service
     * @return the guard; without objections if nothing is wanted of the service
     */
    public Guard guardOf(String service) {
        List<Guard> guards = trackers.getOrDefault(service, List.of()).stream()
                .map(tracker -> tracker.guard(GUARD_FACTOR, GUARD_WINDOW, GUARD_CALLS))
                .toList();
        return nowNanos -> {
            for (Guard guard : guards) {
                Guard.Verdict verdict = guard.check(nowNanos);
                if (!verdict.ok()) {
                    return verdict;
                }
            }
            return Guard.Verdict.OK;
        };
    }

    /**
     * The Prometheus rules of these objectives.
     *
     * @return YAML for {@code rule_files}
     */
    public String rules() {
        return SloRules.prometheus(config.objectives(), BurnAlert.WORKBOOK);
    }
}
