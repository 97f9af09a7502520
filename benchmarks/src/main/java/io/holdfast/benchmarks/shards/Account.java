package io.holdfast.benchmarks.shards;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/** What the one client knows of one tally: which numbers were acknowledged, and when. Safe for use by many threads. */
final class Account {
    private static final long NOT = Long.MAX_VALUE;

    private final Faults faults;
    private long[] acknowledgedAt = {}; // nanoseconds; index is the number less one
    private int given;
    private long seen;

    /** What must be 0. */
    record Faults(LongAdder lost, LongAdder doubled, LongAdder back) {
        Faults() {
            this(new LongAdder(), new LongAdder(), new LongAdder());
        }

        @Override
        public String toString() {
            return "lost or stale " + lost + ", doubled " + doubled + ", reads that went back " + back;
        }

        boolean none() {
            return lost.sum() + doubled.sum() + back.sum() == 0;
        }
    }

    Account(Faults faults) {
        this.faults = faults;
    }

    synchronized long next() {
        if (given == acknowledgedAt.length) {
            acknowledgedAt = Arrays.copyOf(acknowledgedAt, Math.max(64, 2 * given));
            Arrays.fill(acknowledgedAt, given, acknowledgedAt.length, NOT);
        }
        return ++given;
    }

    /** The highest count in an answer so far: later calls must not see less. */
    synchronized long seen() {
        return seen;
    }

    synchronized void acknowledged(long number, long count, long floor, long nanos) {
        acknowledgedAt[(int) number - 1] = nanos;
        count(count, floor);
    }

    /** A read that began at {@code begin}: whatever was acknowledged before must be there. */
    synchronized void read(Tally.Sum sum, long floor, long begin) {
        for (long number : sum.missing()) {
            expectNot(number, begin);
        }
        for (long number = sum.last() + 1; number <= given; number++) {
            expectNot(number, begin);
        }
        faults.doubled().add(sum.doubled());
        count(sum.count(), floor);
    }

    private void expectNot(long number, long begin) {
        if (acknowledgedAt[(int) number - 1] < begin) {
            faults.lost().increment();
        }
    }

    private void count(long count, long floor) {
        if (count < floor) {
            faults.back().increment();
        }
        seen = Math.max(seen, count);
    }
}
