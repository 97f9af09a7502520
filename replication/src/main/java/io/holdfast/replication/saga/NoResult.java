package io.holdfast.replication.saga;

import io.holdfast.core.codec.TypeCodec;
import org.jspecify.annotations.Nullable;

/** The result of what has none. */
enum NoResult implements TypeCodec<Object> {
    CODEC;

    static final byte[] BYTES = {};

    @SuppressWarnings("unchecked") // it holds nothing
    static <T> TypeCodec<T> codec() {
        return (TypeCodec<T>) CODEC;
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // Void has no other value
    static <T> T value() {
        return null;
    }

    @Override
    public byte[] encode(@Nullable Object value) {
        return BYTES;
    }

    @Override
    public @Nullable Object decode(byte[] bytes) {
        return null;
    }
}
