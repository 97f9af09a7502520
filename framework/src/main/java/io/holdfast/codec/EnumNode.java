package io.holdfast.codec;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JsonToken;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;

/** An enum by constant name. An unknown constant is refused: null would be a different answer. */
final class EnumNode extends Node {
    private final Class<?> type;
    private final SerializableString[] names;
    private final Map<String, Object> constants = new HashMap<>();

    EnumNode(Class<?> type) {
        this.type = type;
        Object[] values = type.getEnumConstants();
        this.names = new SerializableString[values.length];
        for (int i = 0; i < values.length; i++) {
            String name = ((Enum<?>) values[i]).name();
            names[i] = new SerializedString(name);
            constants.put(name, values[i]);
        }
    }

    @Override
    @SuppressWarnings("EnumOrdinal") // an index within this process; the wire has the name
    void write(CborWriter out, Object value) {
        out.writeString(names[((Enum<?>) value).ordinal()]);
    }

    @Override
    Object read(CborReader in) {
        expect(in, JsonToken.VALUE_STRING, type.getSimpleName());
        Object constant = constants.get(in.string());
        if (constant == null) {
            throw new MalformedException("%s has no constant '%s' here; deploy readers of a new constant first"
                    .formatted(type.getSimpleName(), Quote.shorten(in.string())));
        }
        return constant;
    }
}
