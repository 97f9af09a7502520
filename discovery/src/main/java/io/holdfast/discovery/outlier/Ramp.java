package io.holdfast.discovery.outlier;

/** A slow start that has begun. */
record Ramp(long sinceNanos, SlowStartConfig config) {
    /** The part of the full share; 1 when it is over. */
    double warmth(long nowNanos) {
        long age = Math.max(0, nowNanos - sinceNanos);
        long window = config.window().toNanos();
        if (age >= window) {
            return 1;
        }
        return Math.max(config.floor(), Math.pow((double) age / window, 1 / config.aggression()));
    }
}
