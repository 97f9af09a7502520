package io.holdfast.benchmarks.shards;

import io.holdfast.sharding.job.JobEvent;
import io.holdfast.sharding.job.JobEvent.Outcome;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What was told of the ticks of a job, and what they did. Safe for use by many threads. */
final class TickLedger {
    private final Set<JobEvent> events = new HashSet<>();
    private final Map<Long, Integer> effects = new TreeMap<>(); // by tick in milliseconds

    /**
     * What came out, in ticks.
     *
     * @param ticks how many there were
     * @param once with one effect
     * @param reported without an effect, by what was reported
     * @param twice with more than one effect: a violation
     * @param silent without an effect and without a report that says so: a violation
     * @param denied with an effect, although they were reported as never run: a violation
     */
    record Verdict(long ticks, long once, Map<Outcome, Long> reported, long twice, long silent, long denied) {
        boolean holds() {
            return ticks > 0 && twice == 0 && silent == 0 && denied == 0;
        }
    }

    synchronized void told(Iterable<JobEvent> history) {
        history.forEach(events::add);
    }

    /** A run of this tick left its row. */
    synchronized void effect(long tick) {
        effects.merge(tick, 1, Integer::sum);
    }

    /** Of the ticks from one to another, both among them; milliseconds. */
    synchronized Verdict judge(long first, long last, long period) {
        Map<Long, Outcome> told = outcomes(period);
        Map<Outcome, Long> reported = new EnumMap<>(Outcome.class);
        long[] counts = new long[4]; // once, twice, silent, denied
        for (long tick = first; tick <= last; tick += period) {
            int done = effects.getOrDefault(tick, 0);
            Outcome outcome = told.get(tick);
            if (done > 1) {
                counts[1]++;
            } else if (done == 1) {
                counts[0]++;
                counts[3] += outcome == Outcome.MISSED ? 1 : 0;
            } else if (outcome == null || outcome == Outcome.DONE) {
                counts[2]++;
            } else {
                reported.merge(outcome, 1L, Long::sum);
            }
        }
        return new Verdict((last - first) / period + 1, counts[0], reported, counts[1], counts[2], counts[3]);
    }

    /** A tick of which two things were told, one of them that it was missed, was missed: the other must not have been. */
    private Map<Long, Outcome> outcomes(long period) {
        Map<Long, Outcome> told = new TreeMap<>();
        for (JobEvent event : events) {
            long last = event.last().toEpochMilli();
            for (long tick = event.tick().toEpochMilli(); tick <= last; tick += period) {
                told.merge(tick, event.outcome(), (one, other) -> one == Outcome.MISSED ? one : other);
            }
        }
        return told;
    }
}
