package io.holdfast.contract;

import io.holdfast.core.codec.TypeCodec;
import org.jspecify.annotations.Nullable;

/** The result of a method without one: no bytes. */
enum NoResult implements TypeCodec<Object> {
    INSTANCE;

    private static final byte[] NOTHING = {};

    @Override
    public byte[] encode(@Nullable Object value) {
        return NOTHING;
    }

    @Override
    public @Nullable Object decode(byte[] bytes) {
        return null;
    }
}
