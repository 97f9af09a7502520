package io.holdfast.core.config;

import io.holdfast.core.InvalidContractException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a component of a configuration record asks for, read once from its type and annotations. */
sealed interface Shape {
    /** One value, or a list of values. */
    record Leaf(ValueType element, boolean list) implements Shape {}

    /** A record. */
    record Group(Class<?> type, List<Part> parts) implements Shape {}

    /** A map from a name that the user chooses to a value or a record. */
    record Named(Shape value) implements Shape {}

    /** An {@code Optional}. */
    record Perhaps(Shape inner) implements Shape {}

    /**
     * A component of a record.
     *
     * @param name the kebab-case name
     * @param shape what it asks for
     * @param fallback the text of its {@link Default}, or null
     * @param doc the text of its {@link Doc}, empty without one
     */
    record Part(String name, Shape shape, @Nullable String fallback, String doc) {}

    /** Reads a record; any mistake in it is a mistake of the programmer. */
    static Group of(Class<?> type) {
        List<Part> parts = new ArrayList<>();
        Map<String, String> canonical = new HashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String place = type.getSimpleName() + "." + component.getName();
            Default fallback = component.getAnnotation(Default.class);
            Doc doc = component.getAnnotation(Doc.class);
            Shape shape = of(component.getGenericType(), place);
            if (fallback != null) {
                checkDefault(shape, fallback.value(), place);
            }
            String name = kebab(component.getName());
            String twin = canonical.put(Setting.canonical(name), name);
            require(twin == null, place, "has the same letters as " + twin + "; rename one");
            parts.add(
                    new Part(name, shape, fallback == null ? null : fallback.value(), doc == null ? "" : doc.value()));
        }
        return new Group(type, List.copyOf(parts));
    }

    private static Shape of(Type type, String place) {
        if (type instanceof ParameterizedType generic) {
            return ofGeneric(generic, place);
        }
        Class<?> plain = (Class<?>) type;
        ValueType value = ValueType.of(plain);
        if (value != null) {
            return new Leaf(value, false);
        }
        require(
                plain.isRecord(),
                place,
                "has type " + plain.getName() + ", which no text can be read into; use a record, "
                        + "a type with a static parse(String) or of(String), or a JDK value");
        return of(plain);
    }

    private static Shape ofGeneric(ParameterizedType generic, String place) {
        Type[] arguments = generic.getActualTypeArguments();
        if (generic.getRawType() == Optional.class) {
            return new Perhaps(of(arguments[0], place));
        }
        if (generic.getRawType() == Map.class) {
            require(arguments[0] == String.class, place, "is a map whose keys are no strings; use Map<String, ...>");
            Shape value = of(arguments[1], place);
            require(value instanceof Leaf || value instanceof Group, place, "must be a map to values or records");
            return new Named(value);
        }
        require(generic.getRawType() == List.class, place, "has type " + generic + "; use Optional, List or Map");
        Shape element = of(arguments[0], place);
        require(
                element instanceof Leaf leaf && !leaf.list(),
                place,
                "must be a list of values; use a Map<String, ...> to hold records by name");
        return new Leaf(((Leaf) element).element(), true);
    }

    private static void checkDefault(Shape shape, String text, String place) {
        Shape inner = shape instanceof Perhaps perhaps ? perhaps.inner() : shape;
        require(inner instanceof Leaf, place, "has a @Default but holds no plain value; put it on the parts");
        Leaf leaf = (Leaf) inner;
        try {
            for (String item : leaf.list() ? ValueType.split(text) : List.of(text)) {
                leaf.element().parse(item);
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidContractException("@Default(\"" + text + "\") of " + place + " " + e.getMessage(), e);
        }
    }

    private static void require(boolean condition, String place, String rule) {
        if (!condition) {
            throw new InvalidContractException("configuration component " + place + " " + rule);
        }
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
