package io.holdfast.examples.streaming.load;

/** How long nothing came. Guarded by its owner. */
final class Silence {
    private long sinceNanos;
    private long longestNanos;
    private long takenNanos;

    void begin(long nowNanos) {
        sinceNanos = nowNanos;
    }

    void broken(long nowNanos) {
        long gapNanos = nowNanos - sinceNanos;
        longestNanos = Math.max(longestNanos, gapNanos);
        takenNanos = Math.max(takenNanos, gapNanos);
        sinceNanos = nowNanos;
    }

    long longestMillis() {
        return longestNanos / 1_000_000;
    }

    /** The longest gap that was broken since the last call, or the one that lasts. */
    long takeLongest(long nowNanos) {
        long longest = Math.max(takenNanos, nowNanos - sinceNanos);
        takenNanos = 0;
        return longest;
    }
}
