package io.holdfast.core.codec;

import org.jspecify.annotations.Nullable;

/**
 * The codec of one type. Safe for use by many threads.
 *
 * @param <T> the type
 */
public interface TypeCodec<T> {
    /**
     * Encodes a value.
     *
     * @param value the value; null is allowed
     * @return new bytes
     * @throws io.holdfast.core.CodecException if the value holds something that its type does not name
     */
    byte[] encode(@Nullable T value);

    /**
     * Decodes a value. Unknown record fields are skipped, missing ones are null or zero.
     *
     * @param bytes bytes of any origin
     * @return the value
     * @throws io.holdfast.core.CodecException if the bytes are not those of such a value; memory stays bounded by the length of the bytes
     */
    @Nullable T decode(byte[] bytes);
}
