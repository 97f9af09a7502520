package io.holdfast.circuitbreaker.overload;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;

/**
 * Holds the ratio between how long calls take now and how long they take without a queue at the tolerance: above it the limit falls in proportion, below it grows by its square root, the
 * burst that it leaves room for (Gradient2 of Netflix concurrency-limits, with the queue size of its first Gradient).
 *
 * <p>Different from it: the base is no long average, which creeps up under lasting overload until the limit stands at its maximum, but the mean of the windows that were not full and of those that
 * {@link DrainProbe} has emptied. Right where calls differ in length, since it compares means and tolerates.
 */
final class Gradient2Limit implements Limit {
    private static final double STEEPEST = 0.5;
    private static final double WEIGHT_OF_A_QUIET_WINDOW = 0.1;
    private static final double WEIGHT_OF_A_PROBE = 0.5;

    private final Bounds bounds;
    private final double tolerance;
    private final double smoothing;
    private final DrainProbe probe;
    private double limit;
    private double baseNanos;

    Gradient2Limit(AdaptiveLimitConfig config) {
        this.bounds = Bounds.of(config);
        this.tolerance = config.gradient2().tolerance();
        this.smoothing = config.gradient2().smoothing();
        this.probe = new DrainProbe(config.gradient2().probeInterval());
        this.limit = config.initialLimit();
    }

    @Override
    public int onWindow(long rttNanos, int inflight, boolean dropped) {
        switch (probe.ended()) {
            case ORDINARY -> ordinary(Math.max(1, rttNanos), inflight, dropped);
            case MEASURED -> measured(Math.max(1, rttNanos));
            case DRAINED -> {}
        }
        return (int) (probe.cuts() ? bounds.clamp(limit * DrainProbe.CUT) : limit);
    }

    private void ordinary(double rtt, int inflight, boolean dropped) {
        boolean full = Bounds.isFull(inflight, limit);
        if (baseNanos == 0) {
            baseNanos = rtt;
        } else if (!full || rtt < baseNanos) {
            baseNanos += (rtt - baseNanos) * WEIGHT_OF_A_QUIET_WINDOW;
        }
        if (!full && !dropped) {
            return;
        }
        double gradient = dropped ? STEEPEST : Math.max(STEEPEST, Math.min(1, tolerance * baseNanos / rtt));
        double wanted = limit * gradient + (dropped ? 0 : Math.sqrt(limit));
        double next = bounds.clamp(limit + (wanted - limit) * smoothing);
        probe.age(full, next < limit);
        limit = next;
    }

    /** Load cannot make calls faster, so a better time is believed at once, and a worse one by half. */
    private void measured(double rtt) {
        probe.found(rtt / baseNanos);
        baseNanos = rtt < baseNanos ? rtt : baseNanos + (rtt - baseNanos) * WEIGHT_OF_A_PROBE;
    }

    @Override
    public int steady() {
        return (int) limit;
    }
}
