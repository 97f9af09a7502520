package io.holdfast.circuitbreaker.overload;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;

/**
 * Estimates how many calls wait at the callee, {@code limit * (1 - base / now)}, and keeps that number between alpha and beta, both times log10 of the limit (Brakmo and Peterson, "TCP Vegas: End
 * to End Congestion Avoidance on a Global Internet", 1995; the logarithms are those of Netflix concurrency-limits). Shorter queues than with the gradient where all calls take about the same time;
 * where they differ much, chance looks like a queue and the limit is too low.
 *
 * <p>Different from Netflix: a far too long queue is cut in proportion, since a window is many round trips, and the base is no minimum, which the luckiest
 * window would set, but a mean that {@link DrainProbe} measures.
 */
final class VegasLimit implements Limit {
    private static final double BACKOFF_AFTER_A_DROP = 0.9;

    private final Bounds bounds;
    private final int alpha;
    private final int beta;
    private final DrainProbe probe;
    private final BaseTime base = new BaseTime();
    private double limit;

    VegasLimit(AdaptiveLimitConfig config) {
        this.bounds = Bounds.of(config);
        this.alpha = config.vegas().alpha();
        this.beta = config.vegas().beta();
        this.probe = new DrainProbe(config.vegas().probeInterval());
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
        double next = bounds.clamp(dropped ? limit * BACKOFF_AFTER_A_DROP : limit + step(rtt));
        probe.age(full, next < limit);
        limit = next;
    }

    private double step(double rtt) {
        double log = Math.max(1, Math.log10(limit));
        double queue = Math.ceil(limit * (1 - base.nanos() / rtt));
        if (queue <= log) {
            return beta * log;
        }
        if (queue < alpha * log) {
            return log;
        }
        return queue > beta * log ? -Math.max(log, (queue - beta * log) / 4) : 0;
    }

    @Override
    public int steady() {
        return (int) limit;
    }
}
