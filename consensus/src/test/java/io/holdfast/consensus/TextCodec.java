package io.holdfast.consensus;

import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values are text. */
public final class TextCodec implements Codec {
    @Override
    @SuppressWarnings("unchecked")
    public <T> TypeCodec<T> forType(Type type) {
        return (TypeCodec<T>) new TypeCodec<String>() {
            @Override
            public byte[] encode(@Nullable String value) {
                return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String decode(byte[] bytes) {
                return new String(bytes, StandardCharsets.UTF_8);
            }
        };
    }

    @Override
    public TypeCodec<Object[]> forArguments(List<Type> types) {
        throw new UnsupportedOperationException("maps have no arguments");
    }
}
