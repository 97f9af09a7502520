package io.holdfast.discovery.traffic;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts the calls of one version while they end. Safe for use by many threads. */
final class CallCounts {
    private final LongAdder failures = new LongAdder();
    private final AtomicLongArray latencies = new AtomicLongArray(LatencyBuckets.COUNT);

    void good(long nanos) {
        latencies.incrementAndGet(LatencyBuckets.of(nanos));
    }

    void failed() {
        failures.increment();
    }

    Counts read() {
        long[] read = new long[LatencyBuckets.COUNT];
        for (int i = 0; i < read.length; i++) {
            read[i] = latencies.get(i);
        }
        return new Counts(failures.sum(), read);
    }
}
