package io.holdfast.core;

/**
 * A number that grows with every change of ownership, so that a later owner can be told from an earlier one.
 *
 * @param value zero or more
 */
public record Epoch(long value) implements Comparable<Epoch> {
    /** The epoch before the first owner. */
    public static final Epoch ZERO = new Epoch(0);

    /**
     * Validates the number.
     *
     * @param value as the component
     * @throws IllegalArgumentException if it is negative
     */
    public Epoch {
        Check.that(value >= 0, "epoch (%d) must not be negative", value);
    }

    /**
     * The epoch after this one.
     *
     * @return a greater epoch
     */
    public Epoch next() {
        return new Epoch(Math.addExact(value, 1));
    }

    @Override
    public int compareTo(Epoch other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
