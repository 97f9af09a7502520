package io.holdfast.replication.version;

import io.holdfast.core.Check;

/**
 * One write: the store that made it and its number there (Preguica et al. 2012, "Dotted version vectors", section 4).
 *
 * @param actor the id of the store, drawn when the store was made
 * @param counter grows with each write of that store, over all its rows; from 1
 */
public record Dot(long actor, long counter) implements Comparable<Dot> {
    /**
     * Validates the counter.
     *
     * @param actor as the component
     * @param counter as the component
     * @throws IllegalArgumentException if it is not positive
     */
    public Dot {
        Check.that(counter > 0, "counter (%d) of a dot must be positive", counter);
    }

    @Override
    public int compareTo(Dot other) {
        int byCounter = Long.compare(counter, other.counter);
        return byCounter != 0 ? byCounter : Long.compare(actor, other.actor);
    }
}
