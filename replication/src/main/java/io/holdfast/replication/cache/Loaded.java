package io.holdfast.replication.cache;

import java.util.Objects;
import java.util.Optional;

/**
 * What an origin answered. Immutable.
 *
 * @param value the value, or empty if there is none
 * @param revision which state of the key that is: of two answers for a key the one with the larger revision is the newer; an absence has one too
 * @param <V> the value's type
 */
public record Loaded<V>(Optional<V> value, long revision) {
    /**
     * Checks the answer.
     *
     * @param value as the component
     * @param revision as the component
     * @throws NullPointerException if the value is null and not empty
     */
    public Loaded {
        Objects.requireNonNull(value, "value of Loaded must not be null; use Loaded.absent for what is not there");
    }

    /**
     * A value.
     *
     * @param value the value
     * @param revision its revision
     * @param <V> the value's type
     * @return the answer
     */
    public static <V> Loaded<V> of(V value, long revision) {
        return new Loaded<>(Optional.of(value), revision);
    }

    /**
     * No value.
     *
     * @param revision the revision at which there was none
     * @param <V> the value's type
     * @return the answer
     */
    public static <V> Loaded<V> absent(long revision) {
        return new Loaded<>(Optional.empty(), revision);
    }
}
