package io.holdfast.codec;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** A sealed type as {@code [simple name, value]}: the name picks among the permitted types, never loads a class. */
final class SealedNode extends Node {
    record Variant(String name, Node node) {}

    private final Class<?> type;
    private Map<Class<?>, Variant> byClass = Map.of(); // set once by link
    private Map<String, Variant> byName = Map.of();

    SealedNode(Class<?> type) {
        this.type = type;
    }

    void link(Map<Class<?>, Variant> variants, Map<String, Variant> names) {
        this.byClass = Map.copyOf(variants);
        this.byName = Map.copyOf(names);
    }

    @Override
    void write(CborWriter out, Object value) {
        Class<?> actual = value instanceof Enum<?> e ? e.getDeclaringClass() : value.getClass();
        Variant variant = byClass.get(actual);
        if (variant == null) {
            throw new ClassCastException(actual.getName() + " is not a permitted type of " + type.getName());
        }
        out.startArray(value, 2);
        out.writeString(variant.name());
        variant.node().put(out, value);
        out.endArray();
    }

    @Override
    @Nullable Object read(CborReader in) {
        expect(in, JsonToken.START_ARRAY, type.getSimpleName());
        in.next();
        expect(in, JsonToken.VALUE_STRING, "the name of a permitted type");
        Variant variant = byName.get(in.string());
        if (variant == null) {
            throw new MalformedException(
                    "%s permits %s here, but the peer sent '%s'; deploy readers of a new variant first"
                            .formatted(type.getSimpleName(), byName.keySet(), Quote.shorten(in.string())));
        }
        in.next();
        Object value = variant.node().take(in);
        in.next();
        expect(in, JsonToken.END_ARRAY, "the end of " + variant.name());
        return value;
    }
}
