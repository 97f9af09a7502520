package io.holdfast.replication.crdt;

import io.holdfast.core.codec.TypeCodec;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Texts as UTF-8. */
final class Texts implements TypeCodec<String> {
    static final Texts UTF_8 = new Texts();

    @Override
    public byte[] encode(@Nullable String value) {
        return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
