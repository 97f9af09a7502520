package io.holdfast.discovery.balance;

import java.util.concurrent.atomic.AtomicLong;

/** Random numbers for many threads, without allocation: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) over one counter. */
final class Chance {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private final AtomicLong state;

    Chance(long seed) {
        state = new AtomicLong(seed);
    }

    /** Evenly 0 to {@code bound} exclusive, by the upper half of a product (Lemire, ACM TOMACS 2019); its bias is below {@code bound / 2^32}. */
    int below(int bound) {
        long z = state.addAndGet(GOLDEN);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (int) (((z ^ (z >>> 31)) >>> 32) * bound >>> 32);
    }
}
