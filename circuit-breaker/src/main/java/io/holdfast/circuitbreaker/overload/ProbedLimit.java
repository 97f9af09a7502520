package io.holdfast.circuitbreaker.overload;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;

/** A limit that is moved by how long calls take now beside how long they take without a queue, which {@link DrainProbe} measures from time to time. A window that was not full moves nothing. */
final class ProbedLimit implements Limit {
    /** How a full window moves the limit. */
    interface Rule {
        /**
         * The next limit, before bounds.
         *
         * @param limit the limit now
         * @param rtt how long calls took, nanoseconds
         * @param base how long they take without a queue, nanoseconds
         * @param dropped whether calls were dropped by the callee or took too long
         */
        double next(double limit, double rtt, double base, boolean dropped);
    }

    private final Bounds bounds;
    private final Rule rule;
    private final DrainProbe probe;
    private final BaseTime base = new BaseTime();
    private double limit;

    ProbedLimit(AdaptiveLimitConfig config, int probeInterval, Rule rule) {
        this.bounds = Bounds.of(config);
        this.rule = rule;
        this.probe = new DrainProbe(probeInterval);
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
        double next = bounds.clamp(rule.next(limit, rtt, base.nanos(), dropped));
        probe.age(full, next < limit);
        limit = next;
    }

    @Override
    public int steady() {
        return (int) limit;
    }
}
