package io.holdfast.circuitbreaker.overload;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;

/** Between which numbers a limit moves. */
record Bounds(int min, int max) {
    static Bounds of(AdaptiveLimitConfig config) {
        return new Bounds(config.minLimit(), config.maxLimit());
    }

    double clamp(double limit) {
        return Math.max(min, Math.min(max, limit));
    }

    /** A window in which less than half of the limit was used says nothing of what a higher limit would do. */
    static boolean isFull(int inflight, double limit) {
        return inflight * 2 >= limit;
    }
}
