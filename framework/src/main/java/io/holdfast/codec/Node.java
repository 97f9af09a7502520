package io.holdfast.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** Writes and reads the values of one type of a contract. Immutable once the graph is built. */
abstract class Node {

    final void put(CborWriter out, @Nullable Object value) {
        if (value == null) {
            out.writeNull();
        } else {
            write(out, value);
        }
    }

    /** The parser stands on the value's first token and is left on its last one. */
    final @Nullable Object take(CborReader in) {
        return in.token() == JsonToken.VALUE_NULL ? whenNull() : read(in);
    }

    abstract void write(CborWriter out, Object value);

    abstract @Nullable Object read(CborReader in);

    @Nullable Object whenNull() {
        return null;
    }

    /** What a record component takes when the writer did not know it. */
    @Nullable Object whenAbsent() {
        return null;
    }

    static void expect(CborReader in, JsonToken token, String what) {
        if (in.token() != token) {
            throw new MalformedException("expected %s (%s) but found %s".formatted(what, token, in.token()));
        }
    }
}
