package io.holdfast.benchmarks.run;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts latencies in buckets that are at most 1/32 wide of their value (3 %). Safe for use by many threads. */
public final class Latencies {
    private static final int BITS = 5;
    private static final int PER_POWER = 1 << BITS;

    private final AtomicLongArray counts = new AtomicLongArray((Long.SIZE - BITS) * PER_POWER);

    /**
     * Counts one.
     *
     * @param nanos its latency
     */
    public void record(long nanos) {
        counts.incrementAndGet(bucket(Math.max(nanos, 0)));
    }

    /**
     * How many were counted.
     *
     * @return the number
     */
    public long count() {
        long sum = 0;
        for (int i = 0; i < counts.length(); i++) {
            sum += counts.get(i);
        }
        return sum;
    }

    /**
     * The upper end of the bucket in which the quantile lies.
     *
     * @param quantile from 0 to 1
     * @return microseconds; 0 if nothing was counted
     */
    public double micros(double quantile) {
        long rank = (long) Math.ceil(count() * quantile);
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= rank && seen > 0) {
                return upperEnd(i) / 1_000.0;
            }
        }
        return 0;
    }

    private static int bucket(long nanos) {
        if (nanos < PER_POWER) {
            return (int) nanos;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - BITS;
        return shift * PER_POWER + (int) (nanos >>> shift);
    }

    private static long upperEnd(int bucket) {
        if (bucket < 2 * PER_POWER) {
            return bucket;
        }
        int shift = bucket / PER_POWER - 1;
        return ((long) (bucket - shift * PER_POWER) + 1 << shift) - 1;
    }
}
