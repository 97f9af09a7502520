package io.holdfast.circuitbreaker.overload;

/** How long calls take without a queue, in the mean. For use by one thread at a time. */
final class BaseTime {
    private static final double WEIGHT_OF_A_QUIET_WINDOW = 0.1;
    private static final double WEIGHT_OF_A_FULL_WINDOW = 0.02;
    private static final double WEIGHT_OF_A_PROBE = 0.5;

    private double nanos;

    double nanos() {
        return nanos;
    }

    /** A full window may have a queue, so it can only make the base shorter; and only a little, since a mean of few calls is often short by chance. */
    void window(double rtt, boolean full) {
        if (nanos == 0) {
            nanos = rtt;
        } else if (!full) {
            nanos += (rtt - nanos) * WEIGHT_OF_A_QUIET_WINDOW;
        } else if (rtt < nanos) {
            nanos += (rtt - nanos) * WEIGHT_OF_A_FULL_WINDOW;
        }
    }

    /**
     * A window that was emptied to measure. A shorter time is believed at once, a longer one by half, and not at all if the window was not empty: calls of the highest class are never held back.
     *
     * @return the new base as a share of the old one
     */
    double probe(double rtt, boolean emptied) {
        if (nanos == 0) {
            nanos = rtt; // the first call that was measured at all
            return 1;
        }
        double before = nanos;
        if (rtt < nanos) {
            nanos = rtt;
        } else if (emptied) {
            nanos += (rtt - nanos) * WEIGHT_OF_A_PROBE;
        }
        return nanos / before;
    }
}
