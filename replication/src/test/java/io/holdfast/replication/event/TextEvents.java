package io.holdfast.replication.event;

import io.holdfast.core.CodecException;
import io.holdfast.core.codec.TypeCodec;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Events that are text; what begins with {@code undecodable} cannot be read. */
final class TextEvents implements TypeCodec<String> {
    @Override
    public byte[] encode(@Nullable String value) {
        return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.startsWith("undecodable")) {
            throw new CodecException("it is " + text);
        }
        return text;
    }
}
