package io.holdfast.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** The arguments of one method: an array by position, of exactly one length. */
final class ArgumentsNode extends Node {
    private final Node[] parameters;
    private final String end; // made once: to format it for each message cost as much as to read one

    ArgumentsNode(Node[] parameters) {
        this.parameters = parameters;
        this.end = "the end of %d arguments".formatted(parameters.length);
    }

    @Override
    void write(CborWriter out, Object value) {
        @Nullable Object[] arguments = (@Nullable Object[]) value;
        if (arguments.length != parameters.length) {
            throw new IllegalArgumentException(
                    "%d arguments for %d parameters".formatted(arguments.length, parameters.length));
        }
        out.startArray(value, parameters.length);
        for (int i = 0; i < parameters.length; i++) {
            try {
                parameters[i].put(out, arguments[i]);
            } catch (RuntimeException e) {
                out.failedIn(Integer.toString(i));
                throw e;
            }
        }
        out.endArray();
    }

    @Override
    Object read(CborReader in) {
        expect(in, JsonToken.START_ARRAY, "arguments");
        @Nullable Object[] arguments = new @Nullable Object[parameters.length];
        for (int i = 0; i < parameters.length; i++) {
            if (in.next() == JsonToken.END_ARRAY) {
                throw new MalformedException("%d arguments for %d parameters".formatted(i, parameters.length));
            }
            arguments[i] = parameters[i].take(in);
        }
        in.next();
        expect(in, JsonToken.END_ARRAY, end);
        return arguments;
    }

    @Override
    Object whenNull() {
        throw new MalformedException("expected arguments but found null");
    }
}
