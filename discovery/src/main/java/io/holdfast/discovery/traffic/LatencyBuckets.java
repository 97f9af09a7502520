package io.holdfast.discovery.traffic;

/** Four buckets for each doubling, from a microsecond (1024 ns) to a day: a bound is at most a quarter above what it stands for. */
final class LatencyBuckets {
    static final int COUNT = 144;

    private LatencyBuckets() {}

    static int of(long nanos) {
        long micros = Math.max(0, nanos) >>> 10;
        if (micros < 4) {
            return (int) micros;
        }
        int exponent = 63 - Long.numberOfLeadingZeros(micros);
        return (int) Math.min(COUNT - 1, 4L * (exponent - 1) + ((micros >>> (exponent - 2)) & 3));
    }

    /** The first nanosecond above a bucket. */
    static long endNanos(int bucket) {
        int next = bucket + 1;
        if (next < 4) {
            return (long) next << 10;
        }
        int exponent = next / 4 + 1;
        return (4L + next % 4) << (exponent - 2) << 10;
    }
}
