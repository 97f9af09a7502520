package io.holdfast.discovery.outlier;

/**
 * The usual latency of a method, over all its instances: an estimate of the median that each call nudges by a sixteenth up or down (Ma, Muthukrishnan, Sandler, "Frugal Streaming for Estimating
 * Quantiles", 2013), so that a few very slow calls do not move it. Two threads may overwrite each other's nudge; the estimate does not depend on a single one. Safe for use by many threads.
 */
public final class Pace {
    /** So many calls are needed before the estimate says anything. */
    static final int SETTLED_AFTER = 100;

    private static final double NUDGE = 1 + 1.0 / 16;

    private volatile double median;
    private volatile int calls;

    /** Makes a pace that knows nothing. */
    public Pace() {}

    /**
     * Takes a latency in.
     *
     * @param nanos how long a call took
     * @return as a multiple of the usual latency; not a number while too few calls were seen
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // a lost nudge is made up by the next
    public double relative(long nanos) {
        double observed = Math.max(1, nanos);
        double usual = median;
        if (usual == 0) {
            median = observed;
            return Double.NaN;
        }
        median = observed > usual ? usual * NUDGE : usual / NUDGE;
        if (calls < SETTLED_AFTER) {
            calls = calls + 1;
            return Double.NaN;
        }
        return observed / usual;
    }
}
