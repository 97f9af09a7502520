package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;

/**
 * A baggage entry of the call to be found.
 *
 * @param name the entry's key
 * @param value its value
 */
public record HeaderMatch(String name, TextMatch value) {
    /**
     * Reads a pattern.
     *
     * @param pattern {@code name=value}; {@code name=*} matches any value
     * @return the pattern
     * @throws IllegalArgumentException if it has another form
     */
    public static HeaderMatch parse(String pattern) {
        int equal = pattern.indexOf('=');
        Check.that(equal > 0, "must be written name=value, or name=* for any value");
        return new HeaderMatch(
                pattern.substring(0, equal).strip(),
                TextMatch.parse(pattern.substring(equal + 1).strip()));
    }

    @Override
    public String toString() {
        return name + "=" + value;
    }
}
