package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.HedgeConfig;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Learns how long calls take and says when one takes longer than usual. A histogram with eight buckets for each doubling (at most 9 % off), whose counts are halved now and then, so that the last
 * few thousand calls count. Worked out anew every {@value #STEP} calls. Safe for use by many threads.
 */
final class LearnedDelay {
    /** Not enough calls were seen. */
    static final long UNKNOWN = -1;

    private static final int STEP = 64;
    private static final int HALVED_AT = 4096;
    private static final int PARTS_BITS = 3;
    private static final int PARTS = 1 << PARTS_BITS;

    private final AtomicIntegerArray counts = new AtomicIntegerArray(64 * PARTS);
    private final AtomicInteger recorded = new AtomicInteger();
    private final AtomicBoolean working = new AtomicBoolean();
    private volatile HedgeConfig numbers;
    private volatile long delayNanos = UNKNOWN;

    LearnedDelay(HedgeConfig numbers) {
        this.numbers = numbers;
    }

    /** Takes other numbers; what was learned stays. */
    void change(HedgeConfig changed) {
        numbers = changed;
        workOut();
    }

    /** The time after which a call takes longer than usual, or {@link #UNKNOWN}. */
    long nanos() {
        return delayNanos;
    }

    HedgeConfig numbers() {
        return numbers;
    }

    void record(long nanos) {
        counts.incrementAndGet(bucket(Math.max(1, nanos)));
        if (recorded.incrementAndGet() % STEP == 0) {
            workOut();
        }
    }

    private static int bucket(long nanos) {
        int power = 63 - Long.numberOfLeadingZeros(nanos);
        int part = power < PARTS_BITS ? 0 : (int) (nanos >>> (power - PARTS_BITS)) & (PARTS - 1);
        return power * PARTS + part;
    }

    /** The largest duration in a bucket. */
    private static long upperBound(int bucket) {
        int power = bucket / PARTS;
        long width = power < PARTS_BITS ? 1L << power : 1L << (power - PARTS_BITS);
        return (1L << power) + (bucket % PARTS + 1) * width - 1;
    }

    /** One thread at a time; another one's turn comes soon enough. */
    private void workOut() {
        if (!working.compareAndSet(false, true)) {
            return;
        }
        try {
            HedgeConfig current = numbers;
            long total = 0;
            for (int i = 0; i < counts.length(); i++) {
                total += counts.get(i);
            }
            if (total < current.minimumCalls()) {
                return;
            }
            long quantile = quantile((long) Math.ceil(total * current.percentile()));
            long longest = Math.min(quantile, current.maxDelay().toNanos());
            delayNanos = Math.max(longest, current.minDelay().toNanos());
            if (total >= HALVED_AT) {
                halve();
            }
        } finally {
            working.set(false);
        }
    }

    private long quantile(long rank) {
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= rank) {
                return upperBound(i);
            }
        }
        return upperBound(counts.length() - 1);
    }

    private void halve() {
        for (int i = 0; i < counts.length(); i++) {
            int count = counts.get(i);
            if (count > 0) {
                counts.addAndGet(i, -(count - count / 2));
            }
        }
    }
}
