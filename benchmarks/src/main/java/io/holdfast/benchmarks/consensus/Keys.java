package io.holdfast.benchmarks.consensus;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;

/** The keys, 16 bytes of text each, and the value of 100. */
final class Keys {
    static final int COUNT = 10_000;
    static final int KEY_BYTES = 16;
    static final int VALUE_BYTES = 100;

    private static final byte[][] KEYS = new byte[COUNT][];

    static {
        for (int i = 0; i < COUNT; i++) {
            KEYS[i] = text(i);
        }
    }

    private Keys() {}

    /** The key of a number; numbers from {@link #COUNT} on are made anew each time. */
    static byte[] key(int number) {
        return number < COUNT ? KEYS[number].clone() : text(number);
    }

    private static byte[] text(int number) {
        return String.format(Locale.ROOT, "key-%012d", number).getBytes(StandardCharsets.US_ASCII);
    }

    /** A value that nobody can compress or share; it depends on the seed only. */
    static byte[] value(long seed) {
        byte[] value = new byte[VALUE_BYTES];
        new SplittableRandom(seed).nextBytes(value);
        return value;
    }
}
