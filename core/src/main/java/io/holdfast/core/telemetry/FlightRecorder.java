package io.holdfast.core.telemetry;

import io.holdfast.core.Check;
import io.holdfast.core.env.WallClock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A bounded ring of the decisions that a node made and why, for {@code /admin/explain}: a member was suspected, a breaker opened, an instance was left out. At the bound the
 * oldest decision is dropped. Not for each call: record what changed. Safe for use by many threads.
 */
public final class FlightRecorder {
    /** How many decisions are kept by default. */
    public static final int DEFAULT_CAPACITY = 1024;

    /**
     * A decision.
     *
     * @param sequence grows by one with each decision of this node
     * @param at the time of day
     * @param area the feature, for instance {@code swim}
     * @param subject what it was about, for instance a node id
     * @param decision what was decided and why, in a sentence
     */
    public record Entry(long sequence, Instant at, String area, String subject, String decision) {}

    private final WallClock clock;
    private final int capacity;
    private final Deque<Entry> ring = new ArrayDeque<>();
    private long sequence;

    /**
     * Makes an empty recorder.
     *
     * @param clock the time of day
     * @param capacity how many decisions are kept, 1 to 1,000,000
     */
    public FlightRecorder(WallClock clock, int capacity) {
        this.clock = clock;
        this.capacity = (int) Check.between("flight recorder capacity", capacity, 1, 1_000_000);
    }

    /**
     * Records a decision.
     *
     * @param area the feature
     * @param subject what it is about
     * @param decision what was decided and why; cut at 500 characters
     */
    public synchronized void record(String area, String subject, String decision) {
        if (ring.size() == capacity) {
            ring.removeFirst();
        }
        String text = decision.length() <= 500 ? decision : decision.substring(0, 500);
        ring.addLast(new Entry(++sequence, clock.now(), area, subject, text));
    }

    /**
     * What was decided.
     *
     * @return the kept decisions, oldest first
     */
    public synchronized List<Entry> entries() {
        return List.copyOf(ring);
    }
}
