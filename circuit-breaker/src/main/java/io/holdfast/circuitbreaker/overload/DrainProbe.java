package io.holdfast.circuitbreaker.overload;

/**
 * Decides when to measure how long calls take without a queue. While the limit is used up there is always a queue, so an average over the last minutes creeps up with it, and the limit after
 * it. So from time to time the limit is cut to a quarter for two windows: in the first the queue drains, the second is measured (the idea is PROBE_RTT of BBR: Cardwell et al., ACM Queue
 * 14(5), 2016). For use by one thread at a time.
 */
final class DrainProbe {
    /** To what the limit is cut: so far that a base measured under a far too high limit gets better with each probe, which needs tolerance times this to be below 1. */
    static final double CUT = 0.25;

    /** The first probes, and the next one after a probe that has found a much better base, come after so many windows. */
    private static final int SOON = 5;

    private static final int EARLY_PROBES = 3;

    /** What a window that has just ended was. */
    enum Kind {
        /** Calls as they come. */
        ORDINARY,
        /** Its calls may have waited in the queue that is being drained. */
        DRAINED,
        /** Its calls had no queue. */
        MEASURED
    }

    private final int interval;
    private int left = SOON;
    private int early = EARLY_PROBES;
    private Kind running = Kind.ORDINARY;

    DrainProbe(int interval) {
        this.interval = interval;
    }

    /** What the window was that has ended. */
    Kind ended() {
        Kind ended = running;
        running = ended == Kind.DRAINED ? Kind.MEASURED : Kind.ORDINARY;
        return ended;
    }

    /** After an ordinary window: whether the next two are for measuring. A limit that keeps falling may fall for a wrong base, so it is measured four times as soon. */
    void age(boolean full, boolean falling) {
        if (full) {
            left -= falling ? 4 : 1;
        }
        if (left <= 0) {
            running = Kind.DRAINED;
            left = interval;
        }
    }

    /**
     * Whether a measured window was as empty as the cut should make it. The cut ends at the configured minimum: so many calls at once are as empty as it gets.
     *
     * @param inflight how many ran at once at most
     * @param limit the limit that was cut
     * @param min the configured minimum
     */
    static boolean isEmptied(int inflight, double limit, int min) {
        return inflight <= Math.max(min, 2 * CUT * limit);
    }

    void found(double better) {
        early = Math.max(0, early - 1);
        left = better < 0.8 || early > 0 ? SOON : interval;
    }

    boolean cuts() {
        return running != Kind.ORDINARY;
    }
}
