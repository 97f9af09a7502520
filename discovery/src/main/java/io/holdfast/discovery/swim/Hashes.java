package io.holdfast.discovery.swim;

/** Hashes that are added up, so that the order of a table does not count. */
final class Hashes {
    private Hashes() {}

    /** The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) over both values. */
    static long mix(int key, long value) {
        long z = value * 0x9E3779B97F4A7C15L + key;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
