package io.holdfast.circuitbreaker.shared;

/**
 * How many calls a second are wanted, from counts at uneven times: a slow average while they go steadily, begun anew as soon as they leave the noise of a Poisson process. So a steady node tells
 * little, and a hot spot that moves is seen at the next count.
 */
final class DemandMeter {
    private static final double SLOW_SECONDS = 10;
    private static final double QUICK_SECONDS = 0.5;
    /** How many standard deviations are no noise: a false alarm in weeks. */
    private static final double SIGMAS = 5;

    private double slow;
    private double quick;
    private double ageSeconds;
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
        quick += (rate - quick) * (1 - Math.exp(-seconds / QUICK_SECONDS));
        // a count of so many seconds has a variance of rate / seconds, the quick average one of rate / (2 * its time)
        if (isJump(rate, seconds)) {
            begin(rate);
        } else if (isJump(quick, 2 * QUICK_SECONDS)) {
            begin(quick);
        }
        ageSeconds += seconds;
        // while it is young all counts weigh the same
        slow += (rate - slow) * Math.max(1 - Math.exp(-seconds / SLOW_SECONDS), seconds / ageSeconds);
        return slow;
    }

    private boolean isJump(double rate, double seconds) {
        double deviation = Math.sqrt(Math.max(slow, rate) / seconds);
        return Math.abs(rate - slow) > SIGMAS * deviation + 0.1 * slow;
    }

    private void begin(double rate) {
        slow = rate;
        quick = rate;
        ageSeconds = 0;
    }
}
