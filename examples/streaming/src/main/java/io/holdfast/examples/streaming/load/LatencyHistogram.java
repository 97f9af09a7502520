package io.holdfast.examples.streaming.load;

import java.util.Arrays;

/**
 * Counts durations in buckets that are at most 1/64 wide of their value, from a microsecond to minutes, in fixed memory (the idea of HdrHistogram). For use by one thread.
 */
final class LatencyHistogram {
    private static final int SUB_BITS = 6;
    private static final int SUB = 1 << SUB_BITS;
    private static final int BUCKETS = SUB * 32;

    private final long[] counts = new long[BUCKETS];
    private long count;

    void add(long nanos) {
        counts[bucket(Math.max(0, nanos) / 1000)]++;
        count++;
    }

    long count() {
        return count;
    }

    void clear() {
        Arrays.fill(counts, 0);
        count = 0;
    }

    /** The duration that the given share of all does not exceed, in milliseconds; 0 without any. */
    double millisAt(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += counts[bucket];
            if (seen >= rank) {
                return upperMicros(bucket) / 1000.0;
            }
        }
        return 0;
    }

    private static int bucket(long micros) {
        if (micros < SUB) {
            return (int) micros;
        }
        int shift = 63 - SUB_BITS - Long.numberOfLeadingZeros(micros);
        return Math.min(BUCKETS - 1, (shift + 1) * SUB + (int) ((micros >>> shift) - SUB));
    }

    private static long upperMicros(int bucket) {
        if (bucket < SUB) {
            return bucket;
        }
        int shift = bucket / SUB - 1;
        return ((bucket % SUB + SUB + 1L) << shift) - 1;
    }
}
