package io.holdfast.examples.streaming.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON value, and how values are written as JSON. Immutable. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final JsonNode node;

    private Json(JsonNode node) {
        this.node = node;
    }

    /**
     * Reads a value.
     *
     * @param bytes JSON in UTF-8
     * @return the value
     * @throws IllegalArgumentException if it is not JSON
     */
    public static Json read(byte[] bytes) {
        try {
            return new Json(MAPPER.readTree(bytes));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "the text (" + bytes.length + " bytes) must be JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Writes a value.
     *
     * @param value a record, map, list, string, number or boolean
     * @return JSON in UTF-8
     */
    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /**
     * Writes a value.
     *
     * @param value a record, map, list, string, number or boolean
     * @return JSON
     */
    public static String text(Object value) {
        return new String(write(value), StandardCharsets.UTF_8);
    }

    /**
     * A member of an object.
     *
     * @param name its name
     * @return the value, or a missing value if this is no object or has no such member
     */
    public Json at(String name) {
        return new Json(node.path(name));
    }

    /**
     * The elements of an array.
     *
     * @return the elements, none if this is no array
     */
    public List<Json> elements() {
        List<Json> elements = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(element -> elements.add(new Json(element)));
        }
        return elements;
    }

    /**
     * A string.
     *
     * @return the string, or empty if this is none
     */
    public Optional<String> string() {
        return node.isString() ? Optional.of(node.stringValue()) : Optional.empty();
    }

    /**
     * A number.
     *
     * @return the number, or 0 if this is none
     */
    public long number() {
        return node.isNumber() ? node.longValue() : 0;
    }

    /**
     * A boolean.
     *
     * @return whether this is the value true
     */
    public boolean isTrue() {
        return node.isBoolean() && node.booleanValue();
    }
}
