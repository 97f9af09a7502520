package io.holdfast.core.config;

import io.holdfast.core.Check;

/**
 * A part of the configuration: the keys under a prefix and the record that holds them.
 *
 * @param prefix for instance {@code holdfast.discovery.swim}
 * @param type a record whose components carry {@link Default} and {@link Doc}
 * @param <T> the record
 */
public record Section<T extends Record>(String prefix, Class<T> type) {
    /**
     * Validates the prefix.
     *
     * @param prefix kebab-case names with dots between
     * @param type the record
     * @throws IllegalArgumentException if it is not made of kebab-case names with dots between
     */
    public Section {
        Check.that(
                prefix.matches("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*"),
                "prefix (%s) must be kebab-case names with dots between, such as holdfast.discovery.swim",
                prefix);
    }

    /**
     * Names a section.
     *
     * @param prefix the prefix of its keys
     * @param type the record
     * @param <T> the record
     * @return the section
     * @throws IllegalArgumentException as the constructor does
     */
    public static <T extends Record> Section<T> of(String prefix, Class<T> type) {
        return new Section<>(prefix, type);
    }
}
