package io.holdfast.discovery.traffic;

import io.holdfast.discovery.outlier.Proportion;
import java.util.Arrays;

/** How calls of one version ended, as one node saw them. Immutable. */
final class Counts {
    static final Counts NONE = new Counts(0, new long[LatencyBuckets.COUNT]);

    private final long failures;
    private final long[] latencies; // of the good ones, see LatencyBuckets
    private final long good;

    Counts(long failures, long[] latencies) {
        this.failures = failures;
        this.latencies = latencies;
        this.good = Arrays.stream(latencies).sum();
    }

    long calls() {
        return good + failures;
    }

    long good() {
        return good;
    }

    Proportion failed() {
        return new Proportion(failures, calls());
    }

    /** The good calls that took longer than all of a bucket. */
    Proportion slowerThan(int bucket) {
        long slower = 0;
        for (int i = bucket + 1; i < latencies.length; i++) {
            slower += latencies[i];
        }
        return new Proportion(slower, good);
    }

    /** A latency that so much of the good calls does not exceed, in nanoseconds, by its bucket's end. */
    long quantileNanos(double share) {
        long wanted = (long) Math.ceil(share * good);
        long seen = 0;
        for (int i = 0; i < latencies.length; i++) {
            seen += latencies[i];
            if (seen >= wanted) {
                return LatencyBuckets.endNanos(i);
            }
        }
        return Long.MAX_VALUE;
    }
}
