package io.holdfast.circuitbreaker.overload;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;

/**
 * One more after a good window, a tenth less after one with a drop (additive increase, multiplicative decrease: Chiu and Jain, "Analysis of the Increase and Decrease Algorithms for Congestion
 * Avoidance", 1989). It needs a callee that refuses, or callers that time out: latency alone moves it only beyond the configured timeout.
 */
final class AimdLimit implements Limit {
    private final Bounds bounds;
    private final double backoffRatio;
    private final long timeoutNanos;
    private int limit;

    AimdLimit(AdaptiveLimitConfig config) {
        this.bounds = Bounds.of(config);
        this.backoffRatio = config.aimd().backoffRatio();
        this.timeoutNanos = config.aimd().timeout().toNanos();
        this.limit = config.initialLimit();
    }

    @Override
    public int onWindow(long rttNanos, int inflight, boolean dropped) {
        if (dropped || rttNanos > timeoutNanos) {
            limit = (int) bounds.clamp(Math.floor(limit * backoffRatio));
        } else if (Bounds.isFull(inflight, limit)) {
            limit = (int) bounds.clamp(limit + 1);
        }
        return limit;
    }

    @Override
    public int steady() {
        return limit;
    }
}
