package io.holdfast.consensus.session;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys from one to another, in unsigned order of their bytes.
 *
 * @param from the first
 * @param to the one before which the range ends, or null for no end
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record KeyRange(byte[] from, byte @Nullable [] to) {
    /** All keys. */
    public static final KeyRange ALL = new KeyRange(new byte[0], null);

    /**
     * One key.
     *
     * @param key the key
     * @return the range
     */
    public static KeyRange only(byte[] key) {
        return new KeyRange(key, Arrays.copyOf(key, key.length + 1));
    }

    /**
     * All keys that begin so.
     *
     * @param prefix how they begin
     * @return the range
     */
    public static KeyRange prefix(byte[] prefix) {
        int length = prefix.length;
        while (length > 0 && prefix[length - 1] == (byte) 0xFF) {
            length--;
        }
        if (length == 0) {
            return new KeyRange(prefix, null);
        }
        byte[] end = Arrays.copyOf(prefix, length);
        end[length - 1]++;
        return new KeyRange(prefix, end);
    }

    /**
     * The keys that are in both.
     *
     * @param other another range
     * @return the common range; it holds no key if they have none in common
     */
    public KeyRange common(KeyRange other) {
        byte[] first = Arrays.compareUnsigned(from, other.from) < 0 ? other.from : from;
        if (to == null || other.to == null) {
            return new KeyRange(first, to == null ? other.to : to);
        }
        return new KeyRange(first, Arrays.compareUnsigned(to, other.to) < 0 ? to : other.to);
    }
}
