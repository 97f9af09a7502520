package io.holdfast.codec;

import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A value that is one token. A primitive refuses null and takes zero when the writer did not know the component. */
final class ScalarNode<T> extends Node {
    private final Class<T> type;
    private final BiConsumer<CborWriter, T> writer;
    private final Function<CborReader, T> reader;
    private final @Nullable T zero;

    ScalarNode(Class<T> type, BiConsumer<CborWriter, T> writer, Function<CborReader, T> reader, @Nullable T zero) {
        this.type = type;
        this.writer = writer;
        this.reader = reader;
        this.zero = zero;
    }

    ScalarNode<T> withZero(T value) {
        return new ScalarNode<>(type, writer, reader, value);
    }

    @Override
    void write(CborWriter out, Object value) {
        writer.accept(out, type.cast(value));
    }

    @Override
    Object read(CborReader in) {
        return reader.apply(in);
    }

    @Override
    @Nullable Object whenNull() {
        if (zero != null) {
            throw new MalformedException("null where a primitive " + type.getSimpleName() + " is expected");
        }
        return null;
    }

    @Override
    @Nullable Object whenAbsent() {
        return zero;
    }
}
