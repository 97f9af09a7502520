package io.holdfast.replication.saga;

import io.holdfast.core.CodecException;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values are text; one that begins with a question mark cannot be read. */
final class Texts implements Codec {
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    @SuppressWarnings("unchecked") // the only type
    public <T> TypeCodec<T> forType(Type type) {
        return (TypeCodec<T>) new TypeCodec<String>() {
            @Override
            public byte[] encode(@Nullable String value) {
                return bytes(String.valueOf(value));
            }

            @Override
            public String decode(byte[] bytes) {
                if (bytes.length > 0 && bytes[0] == '?') {
                    throw new CodecException("'" + text(bytes) + "' is no value");
                }
                return text(bytes);
            }
        };
    }

    @Override
    public TypeCodec<Object[]> forArguments(List<Type> types) {
        throw new UnsupportedOperationException("sagas have no arguments");
    }
}
