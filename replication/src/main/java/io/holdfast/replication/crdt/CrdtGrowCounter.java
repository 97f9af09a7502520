package io.holdfast.replication.crdt;

import io.holdfast.core.Check;
import io.holdfast.core.consistency.Causal;

/**
 * A counter that only grows (G counter; Shapiro et al. 2011, section 3.1.1): on one node, for as long as it runs, it is never read as less than before.
 *
 * <p>{@link Causal}, as {@link CrdtCounter}.
 */
public final class CrdtGrowCounter extends Crdt implements Causal {
    CrdtGrowCounter(Place place) {
        super(place);
    }

    /**
     * Adds, on this node at once.
     *
     * @param amount zero or more
     * @throws IllegalArgumentException if it is negative; use a {@link CrdtCounter}
     * @throws io.holdfast.core.NotAppliedException if a bound of the space is reached, or this node has added 2^62 in all; nothing changed
     */
    public void add(long amount) {
        Check.that(
                amount >= 0,
                "amount (%d) for the grow-only counter %s must not be negative; use a counter",
                amount,
                name());
        Path path = place().path();
        place().update((view, actor) -> CounterValue.add(view.get(path), path, amount, actor));
    }

    /**
     * Adds one.
     *
     * @throws io.holdfast.core.NotAppliedException as {@link #add}
     */
    public void increment() {
        add(1);
    }

    /**
     * What this node knows.
     *
     * @return the sum of all amounts that have come here, or the nearest long to it; 0 if there are none
     */
    public long value() {
        return CounterValue.sum(place().entries());
    }
}
