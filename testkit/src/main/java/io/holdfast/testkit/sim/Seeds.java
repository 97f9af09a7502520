package io.holdfast.testkit.sim;

import java.util.SplittableRandom;

/** Derives a seed for each subsystem, so that one more draw in one of them does not shift the others. */
final class Seeds {
    private Seeds() {}

    /** The same on every JVM: FNV-1a over the names, then the finalizer of MurmurHash3. */
    static long derive(long seed, String... path) {
        long hash = seed ^ 0xcbf29ce484222325L;
        for (String part : path) {
            for (int i = 0; i < part.length(); i++) {
                hash = (hash ^ part.charAt(i)) * 0x100000001b3L;
            }
            hash = mix(hash ^ '/');
        }
        return hash;
    }

    static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    static SplittableRandom random(long seed, String... path) {
        return new SplittableRandom(derive(seed, path));
    }
}
