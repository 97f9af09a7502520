package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;

/**
 * A text to be found: all of it, or its beginning where the pattern ends in {@code *}.
 *
 * @param text the text without the star
 * @param prefix whether a longer text matches too
 */
public record TextMatch(String text, boolean prefix) {
    /**
     * Reads a pattern.
     *
     * @param pattern a text, or its beginning and {@code *}
     * @return the pattern
     * @throws IllegalArgumentException if it is longer than 256 characters
     */
    public static TextMatch parse(String pattern) {
        Check.that(pattern.length() <= 256, "must have at most 256 characters, not %d", pattern.length());
        return pattern.endsWith("*")
                ? new TextMatch(pattern.substring(0, pattern.length() - 1), true)
                : new TextMatch(pattern, false);
    }

    boolean matches(String value) {
        return prefix ? value.startsWith(text) : value.equals(text);
    }

    @Override
    public String toString() {
        return prefix ? text + "*" : text;
    }
}
