package io.holdfast.discovery.balance;

/** Hashes that are the same on every node and in every release: FNV-1a over the characters, finished by SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
public final class Hash64 {
    private Hash64() {}

    /**
     * The hash of a text.
     *
     * @param text the text
     * @return the hash; all bits depend on all characters
     */
    public static long of(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /**
     * Spreads the bits.
     *
     * @param value any number
     * @return another one for each number, in which all bits depend on all
     */
    public static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
