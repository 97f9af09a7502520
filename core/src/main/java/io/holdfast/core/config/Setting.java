package io.holdfast.core.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One value from one source.
 *
 * @param kind which source, for the precedence
 * @param path the names of the key; the tokens of an environment variable
 * @param text the value; null if the key stands there without one
 * @param items the elements of a YAML sequence, else null
 * @param emptyMapping whether the value is {@code {}}
 * @param location where it stands, for people
 */
record Setting(
        Kind kind,
        List<String> path,
        @Nullable String text,
        @Nullable List<String> items,
        boolean emptyMapping,
        String location) {
    /** The sources, strongest first. */
    enum Kind {
        PROGRAM,
        COMMAND_LINE,
        SYSTEM_PROPERTY,
        ENVIRONMENT,
        FILE,
        PROGRAM_DEFAULT
    }

    /** The key as compared: so that {@code circuit-breaker}, {@code circuitBreaker} and {@code CIRCUIT_BREAKER} are one. */
    static String canonical(String key) {
        StringBuilder canonical = new StringBuilder(key.length());
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (Character.isLetterOrDigit(c)) {
                canonical.append(c);
            }
        }
        return canonical.toString().toLowerCase(Locale.ROOT);
    }

    String canonical() {
        return canonical(key());
    }

    /** The key as a user reads it. */
    String key() {
        return String.join(".", path);
    }

    boolean hasValue() {
        return text != null || items != null;
    }

    /** The value for a message, without line breaks and not too long. */
    String shown() {
        String whole = items != null ? String.join(", ", items) : text == null ? "" : text;
        return shorten(whole);
    }

    static String shorten(String value) {
        String line = value.replaceAll("\\s+", " ");
        return line.length() <= 80 ? line : line.substring(0, 80) + "... (" + line.length() + " characters)";
    }

    /** The source without the line: the file's name, or nothing for a source of which there is one. */
    String source() {
        int colon = location.lastIndexOf(':');
        return kind == Kind.FILE && colon > 0 ? location.substring(0, colon) : "";
    }

    /** What is left of the path under a prefix, as names; empty if this is not under it. */
    List<String> under(String prefix) {
        String wanted = canonical(prefix);
        StringBuilder soFar = new StringBuilder();
        for (int i = 0; i < path.size(); i++) {
            soFar.append(canonical(path.get(i)));
            if (soFar.toString().equals(wanted)) {
                return path.subList(i + 1, path.size());
            }
        }
        return List.of();
    }
}
