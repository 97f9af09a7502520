package io.holdfast.discovery.balance;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What this node's calls of one instance tell: how many are under way, and a moving average of their latency that rises at once and falls slowly (peak EWMA).
 *
 * <p>A failure counts as an answer of at least {@link #PENALTY_NANOS}: the average forgets it within a few {@link #DECAY_NANOS}.
 */
public final class Load {
    /** The time in which an observation loses 63 % of its weight: 10 s, as in Finagle. */
    public static final long DECAY_NANOS = 10_000_000_000L;

    /** The latency that a failed call stands for: 1 s. */
    public static final long PENALTY_NANOS = 1_000_000_000L;

    private final AtomicInteger outstanding = new AtomicInteger();
    private volatile double averageNanos;
    private volatile long stampNanos;

    /** Makes an idle load without history. */
    public Load() {}

    /** A call begins. */
    public void begin() {
        outstanding.incrementAndGet();
    }

    /**
     * A call ended.
     *
     * @param nowNanos the monotonic clock
     * @param latencyNanos how long it took
     * @param failed whether it failed in a way that speaks against the instance
     */
    public void end(long nowNanos, long latencyNanos, boolean failed) {
        outstanding.decrementAndGet();
        double observed = failed ? Math.max(latencyNanos, PENALTY_NANOS) : Math.max(0, latencyNanos);
        synchronized (this) {
            double kept = remaining(nowNanos);
            double before = averageNanos;
            // up at once, down by and by
            averageNanos = observed >= before ? observed : before * kept + observed * (1 - kept);
            stampNanos = nowNanos;
        }
    }

    /**
     * Calls under way.
     *
     * @return a count of zero or more
     */
    public int outstanding() {
        return outstanding.get();
    }

    /**
     * The average latency as it counts now; it fades while no call ends.
     *
     * @param nowNanos the monotonic clock
     * @return nanoseconds; 0 without history
     */
    public double averageNanos(long nowNanos) {
        double average = averageNanos;
        return average == 0 ? 0 : average * remaining(nowNanos);
    }

    /** How much of the past counts at this instant. */
    private double remaining(long nowNanos) {
        long passed = Math.max(0, nowNanos - stampNanos);
        // the first steps of the exponential: exact enough while little time has passed, and ten times cheaper
        return passed < DECAY_NANOS / 100
                ? 1.0 - (double) passed / DECAY_NANOS
                : Math.exp(-(double) passed / DECAY_NANOS);
    }

    /** Without history every call under way counts as a failure's latency: an unknown instance is tried with one call first. */
    double cost(long nowNanos) {
        int calls = outstanding();
        double average = averageNanos(nowNanos);
        return average == 0 ? (double) calls * PENALTY_NANOS : average * (calls + 1.0);
    }
}
