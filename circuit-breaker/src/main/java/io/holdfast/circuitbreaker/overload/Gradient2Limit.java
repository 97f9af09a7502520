package io.holdfast.circuitbreaker.overload;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;

/**
 * Holds the ratio between how long calls take now and how long they take without a queue at the tolerance: above it the limit falls in proportion, below it grows by its square root, the
 * burst that it leaves room for (Gradient2 of Netflix concurrency-limits, with the queue size of its first Gradient).
 *
 * <p>Different from it: the base is no long average, which creeps up under lasting overload until the limit stands at its maximum, but the mean of the windows that were not full and of those that
 * {@link DrainProbe} has emptied; and the limit falls faster than it rises. Right where calls differ in length, since it compares means and tolerates.
 */
final class Gradient2Limit implements Limit {
    private static final double STEEPEST = 0.5;
    private static final double FALLS_FASTER = 2;
    private static final double BACKOFF_AFTER_A_DROP = 0.9;

    private final Bounds bounds;
    private final double tolerance;
    private final double smoothing;
    private final DrainProbe probe;
    private final BaseTime base = new BaseTime();
    private double limit;

    Gradient2Limit(AdaptiveLimitConfig config) {
        this.bounds = Bounds.of(config);
        this.tolerance = config.gradient2().tolerance();
        this.smoothing = config.gradient2().smoothing();
        this.probe = new DrainProbe(config.gradient2().probeInterval());
        this.limit = config.initialLimit();
    }

    @Override
    public int onWindow(long rttNanos, int inflight, boolean dropped) {
        double rtt = Math.max(1, rttNanos);
        switch (probe.ended()) {
            case ORDINARY -> ordinary(rtt, inflight, dropped);
            case MEASURED -> probe.found(base.probe(rtt, DrainProbe.isEmptied(inflight, limit)));
            case DRAINED -> {}
        }
        return (int) (probe.cuts() ? bounds.clamp(limit * DrainProbe.CUT) : limit);
    }

    private void ordinary(double rtt, int inflight, boolean dropped) {
        boolean full = Bounds.isFull(inflight, limit);
        base.window(rtt, full);
        if (!full && !dropped) {
            return;
        }
        double next = bounds.clamp(dropped ? Math.min(limit * BACKOFF_AFTER_A_DROP, next(rtt)) : next(rtt));
        probe.age(full, next < limit);
        limit = next;
    }

    private double next(double rtt) {
        double gradient = Math.max(STEEPEST, Math.min(1, tolerance * base.nanos() / rtt));
        double change = limit * gradient + Math.sqrt(limit) - limit;
        return limit + change * (change < 0 ? Math.min(1, smoothing * FALLS_FASTER) : smoothing);
    }

    @Override
    public int steady() {
        return (int) limit;
    }
}
