package io.holdfast.consensus;

import org.jspecify.annotations.Nullable;

/**
 * Keys in order. Text is ordered as its UTF-8, {@code Long} and {@code Integer} as numbers, all else as the bytes of its codec.
 *
 * @param from the first key, or null for the first of all
 * @param inclusive whether {@code from} itself belongs to it
 * @param to the key before which the range ends, or null for no end
 * @param prefix how the text keys begin, or null
 * @param <K> the keys' type
 */
public record MapRange<K>(
        @Nullable K from,
        boolean inclusive,
        @Nullable K to,
        @Nullable String prefix) {
    /**
     * All keys.
     *
     * @param <K> the keys' type
     * @return the range
     */
    public static <K> MapRange<K> all() {
        return new MapRange<>(null, true, null, null);
    }

    /**
     * From one key to another.
     *
     * @param from the first
     * @param to the one before which it ends
     * @param <K> the keys' type
     * @return the range
     */
    public static <K> MapRange<K> between(K from, K to) {
        return new MapRange<>(from, true, to, null);
    }

    /**
     * All text keys that begin so.
     *
     * @param prefix how
     * @return the range
     */
    public static MapRange<String> prefix(String prefix) {
        return new MapRange<>(null, true, null, prefix);
    }

    /**
     * This range from behind a key on.
     *
     * @param key the key
     * @return the rest of it
     */
    public MapRange<K> after(K key) {
        return new MapRange<>(key, false, to, prefix);
    }
}
