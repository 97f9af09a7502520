package io.holdfast.replication.version;

import io.holdfast.core.Check;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The key of a row: the name of its map and the bytes of its key. Equal by content. The hash is {@link KeyHash XXH3} over the name in UTF-8, a zero byte and the key, made once. Immutable, so
 * safe for use by many threads.
 */
public final class RowKey {
    /** The longest encoded form, name and zero byte included. */
    public static final int MAX_BYTES = 65_535;

    private final byte[] encoded;
    private final int nameLength;
    private final long hash;

    private RowKey(byte[] encoded, int nameLength) {
        Check.that(
                encoded.length <= MAX_BYTES,
                "row key (%d bytes) must be at most %d bytes with the name of its map; store it under a hash of itself",
                encoded.length,
                MAX_BYTES);
        this.encoded = encoded;
        this.nameLength = nameLength;
        this.hash = KeyHash.of(encoded);
    }

    /**
     * A key.
     *
     * @param map the name of its map, without a zero character
     * @param key its bytes; they are copied
     * @return the key
     * @throws IllegalArgumentException if both together are longer than {@link #MAX_BYTES} - 1, or the name has a zero character
     */
    public static RowKey of(String map, byte[] key) {
        Check.that(map.indexOf(0) < 0, "map name (%s) must have no zero character", map);
        byte[] name = map.getBytes(StandardCharsets.UTF_8);
        byte[] encoded = Arrays.copyOf(name, name.length + 1 + key.length);
        System.arraycopy(key, 0, encoded, name.length + 1, key.length);
        return new RowKey(encoded, name.length);
    }

    /**
     * Reads a key back.
     *
     * @param encoded what {@link #encoded()} gave; not copied, so do not change it
     * @return the key
     * @throws IllegalArgumentException if it has no zero byte after the name, or is too long
     */
    public static RowKey decode(byte[] encoded) {
        int end = 0;
        while (end < encoded.length && encoded[end] != 0) {
            end++;
        }
        Check.that(
                end < encoded.length, "row key (%d bytes) must have a zero byte after its map's name", encoded.length);
        return new RowKey(encoded, end);
    }

    /**
     * The name of the map.
     *
     * @return the name
     */
    public String map() {
        return new String(encoded, 0, nameLength, StandardCharsets.UTF_8);
    }

    /**
     * The bytes of the key.
     *
     * @return a copy
     */
    public byte[] key() {
        return Arrays.copyOfRange(encoded, nameLength + 1, encoded.length);
    }

    /**
     * The name in UTF-8, a zero byte and the key: what is hashed, sent and stored.
     *
     * @return the key's own array, not a copy; do not change it
     */
    public byte[] encoded() {
        return encoded;
    }

    /**
     * The place in the hash space.
     *
     * @return 64 bits
     */
    public long hash() {
        return hash;
    }

    /**
     * The partition it lies in.
     *
     * @return 0 to {@link KeyHash#PARTITIONS} - 1
     */
    public int partition() {
        return KeyHash.partition(hash);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RowKey key && hash == key.hash && Arrays.equals(encoded, key.encoded);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash);
    }

    /** The map and the key's hash: a key may be secret and long. */
    @Override
    public String toString() {
        return map() + "/" + Long.toHexString(hash);
    }
}
