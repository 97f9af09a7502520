package io.holdfast.consensus;

import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.Check;
import io.holdfast.core.CodecException;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keys as bytes, in an order that is theirs where they have one. */
final class KeyCodec<K> {
    private final Function<K, byte[]> encode;
    private final Function<byte[], K> decode;
    private final boolean text;

    private KeyCodec(Function<K, byte[]> encode, Function<byte[], K> decode, boolean text) {
        this.encode = encode;
        this.decode = decode;
        this.text = text;
    }

    static <K> KeyCodec<K> of(Class<K> type, Codec codec) {
        if (type == String.class) {
            return new KeyCodec<>(
                    key -> ((String) key).getBytes(StandardCharsets.UTF_8),
                    bytes -> type.cast(new String(bytes, StandardCharsets.UTF_8)),
                    true);
        }
        if (type == Long.class) {
            return new KeyCodec<>(key -> number((Long) key), bytes -> type.cast(number(bytes)), false);
        }
        if (type == Integer.class) {
            return new KeyCodec<>(
                    key -> number((Integer) key), bytes -> type.cast(Math.toIntExact(number(bytes))), false);
        }
        TypeCodec<K> other = codec.forType(type);
        return new KeyCodec<>(other::encode, bytes -> present(other.decode(bytes)), false);
    }

    private static <K> K present(@Nullable K key) {
        if (key == null) {
            throw new CodecException(
                    "a key must not be null; the map was written with other types than it is read with");
        }
        return key;
    }

    /** High byte first with the sign turned: sorts as the numbers do. */
    private static byte[] number(long value) {
        return ByteBuffer.allocate(8).putLong(value ^ Long.MIN_VALUE).array();
    }

    private static long number(byte[] bytes) {
        if (bytes.length != 8) {
            throw new CodecException("a number as key (" + bytes.length
                    + " bytes) must have 8; the map was written with another key type than it is read with");
        }
        return ByteBuffer.wrap(bytes).getLong() ^ Long.MIN_VALUE;
    }

    boolean isText() {
        return text;
    }

    byte[] encode(K key) {
        byte[] bytes = encode.apply(key);
        Check.that(
                bytes.length <= StateLimits.MAX_KEY,
                "a key (%d bytes) must have at most %d bytes; shorten it",
                bytes.length,
                StateLimits.MAX_KEY);
        return bytes;
    }

    K decode(byte[] bytes) {
        return decode.apply(bytes);
    }
}
