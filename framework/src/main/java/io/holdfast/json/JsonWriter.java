package io.holdfast.json;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes one JSON document (RFC 8259) from the outside in. Commas are its own matter. For use by one thread. */
public final class JsonWriter {
    private final StringBuilder out = new StringBuilder(256);
    private boolean first = true;

    /** Makes an empty document. */
    public JsonWriter() {}

    /**
     * Begins an object.
     *
     * @return this
     */
    public JsonWriter object() {
        return open('{');
    }

    /**
     * Ends an object.
     *
     * @return this
     */
    public JsonWriter endObject() {
        return close('}');
    }

    /**
     * Begins an array.
     *
     * @return this
     */
    public JsonWriter array() {
        return open('[');
    }

    /**
     * Ends an array.
     *
     * @return this
     */
    public JsonWriter endArray() {
        return close(']');
    }

    /**
     * Names the next value.
     *
     * @param name the name
     * @return this
     */
    public JsonWriter name(String name) {
        comma();
        quote(name);
        out.append(':');
        first = true;
        return this;
    }

    /**
     * Writes a text, or null.
     *
     * @param value the text
     * @return this
     */
    public JsonWriter value(@Nullable String value) {
        comma();
        if (value == null) {
            out.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    /**
     * Writes a whole number.
     *
     * @param value the number
     * @return this
     */
    public JsonWriter value(long value) {
        comma();
        out.append(value);
        return this;
    }

    /**
     * Writes a number.
     *
     * @param value the number; null is written in place of what JSON cannot say
     * @return this
     */
    public JsonWriter value(double value) {
        comma();
        if (Double.isFinite(value)) {
            out.append(value);
        } else {
            out.append("null");
        }
        return this;
    }

    /**
     * Writes true or false.
     *
     * @param value the truth
     * @return this
     */
    public JsonWriter value(boolean value) {
        comma();
        out.append(value);
        return this;
    }

    /**
     * The document so far.
     *
     * @return UTF-8
     */
    public byte[] bytes() {
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private JsonWriter open(char bracket) {
        comma();
        out.append(bracket);
        first = true;
        return this;
    }

    private JsonWriter close(char bracket) {
        out.append(bracket);
        first = false;
        return this;
    }

    private void comma() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    boolean loneSurrogate = Character.isSurrogate(c) && !paired(text, i);
                    if (c < ' ' || loneSurrogate) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean paired(String text, int at) {
        char c = text.charAt(at);
        return Character.isHighSurrogate(c)
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
