package io.holdfast.circuitbreaker.overload;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;

/** A limit that is moved by how long calls take now beside how long they take without a queue, which {@link DrainProbe} measures from time to time. A window that was not full moves nothing. */
final class ProbedLimit implements Limit {
    /** What a rule makes of the limit after a drop, at most; all that is known of a window in which no call was measured. */
    static final double BACKOFF_AFTER_A_DROP = 0.9;

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
        DrainProbe.Kind kind = probe.ended();
        if (rttNanos <= 0) {
            limit = dropped ? bounds.clamp(limit * BACKOFF_AFTER_A_DROP) : limit;
        } else if (kind == DrainProbe.Kind.ORDINARY) {
            ordinary(rttNanos, inflight, dropped);
        } else if (kind == DrainProbe.Kind.MEASURED) {
            probe.found(base.probe(rttNanos, DrainProbe.isEmptied(inflight, limit, bounds.min())));
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
