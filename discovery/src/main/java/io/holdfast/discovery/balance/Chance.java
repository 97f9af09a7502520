package io.holdfast.discovery.balance;

import java.util.concurrent.atomic.AtomicLong;

/** Random numbers for many threads, without allocation: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) over one counter. */
public final class Chance {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private final AtomicLong state;

    /**
     * Makes a source.
     *
     * @param seed the same seed gives the same numbers
     */
    public Chance(long seed) {
        state = new AtomicLong(seed);
    }

    /**
     * The next 64 random bits.
     *
     * @return any number
     */
    public long next() {
        return Hash64.mix(state.addAndGet(GOLDEN));
    }

    /**
     * Says yes with a probability.
     *
     * @param share the probability, 0 to 1
     * @return whether
     */
    public boolean happens(double share) {
        return share > 0 && (next() >>> 11) * 0x1.0p-53 < share;
    }

    /**
     * Evenly one of some numbers, by the upper half of a product (Lemire, ACM TOMACS 2019); its bias is below {@code bound / 2^32}.
     *
     * @param bound above 0
     * @return 0 to {@code bound} exclusive
     */
    public int below(int bound) {
        return (int) ((next() >>> 32) * bound >>> 32);
    }
}
