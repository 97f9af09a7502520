package io.holdfast.core.slo;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts good and bad events of the last while in buckets of equal length. An event costs two reads and one addition. Safe for use by many threads. */
final class EventRing {
    private final long bucketNanos;
    private final int size;
    private final AtomicLongArray good;
    private final AtomicLongArray bad;
    private volatile long current; // number of the bucket that is being filled

    EventRing(long bucketNanos, int size, long nowNanos) {
        this.bucketNanos = bucketNanos;
        this.size = size;
        this.good = new AtomicLongArray(size);
        this.bad = new AtomicLongArray(size);
        this.current = Math.floorDiv(nowNanos, bucketNanos);
    }

    void record(boolean isGood, long nowNanos) {
        long bucket = Math.floorDiv(nowNanos, bucketNanos);
        if (bucket > current) {
            advance(bucket);
        }
        // a thread that is late by less than the ring counts in the newest bucket
        (isGood ? good : bad).incrementAndGet(slot(Math.max(bucket, current)));
    }

    private synchronized void advance(long to) {
        long from = Math.max(current + 1, to - size + 1);
        for (long bucket = from; bucket <= to; bucket++) {
            good.set(slot(bucket), 0);
            bad.set(slot(bucket), 0);
        }
        current = Math.max(current, to);
    }

    private int slot(long bucket) {
        return (int) Math.floorMod(bucket, (long) size);
    }

    /** Good and bad events of a window that ends now, to the length of a bucket. */
    long[] sum(long windowNanos, long nowNanos) {
        long newest = Math.floorDiv(nowNanos, bucketNanos);
        if (newest > current) {
            advance(newest);
        }
        long buckets = Math.min(size, Math.max(1, windowNanos / bucketNanos));
        long goodSum = 0;
        long badSum = 0;
        for (long bucket = newest - buckets + 1; bucket <= newest; bucket++) {
            goodSum += good.get(slot(bucket));
            badSum += bad.get(slot(bucket));
        }
        return new long[] {goodSum, badSum};
    }
}
