package io.holdfast.circuitbreaker.shared;

/**
 * How many calls a second are wanted, from counts at uneven times: a slow average while they go steadily, a quick one as soon as that has left the noise of a Poisson process. So a steady node
 * tells little, and a hot spot that moves is seen within a second.
 */
final class DemandMeter {
    private static final double SLOW_SECONDS = 3;
    private static final double QUICK_SECONDS = 0.5;

    private double slow;
    private double quick;
    private long lastNanos;
    private boolean begun;

    /** Counts calls since the count before; returns the calls a second. */
    double count(long calls, long nowNanos) {
        if (!begun) {
            begun = true;
            lastNanos = nowNanos;
            return 0;
        }
        double seconds = (nowNanos - lastNanos) / 1e9;
        if (seconds <= 0) {
            return slow;
        }
        lastNanos = nowNanos;
        double rate = calls / seconds;
        quick += (rate - quick) * weight(seconds, QUICK_SECONDS);
        slow += (rate - slow) * weight(seconds, SLOW_SECONDS);
        // the quick average of Poisson arrivals has a variance of rate / (2 * 0.5 s)
        double noise = 4 * Math.sqrt(Math.max(slow, quick)) + 0.1 * slow;
        if (Math.abs(quick - slow) > noise) {
            slow = quick;
        }
        return slow;
    }

    private static double weight(double seconds, double average) {
        return 1 - Math.exp(-seconds / average);
    }
}
