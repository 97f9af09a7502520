package io.holdfast.replication.crdt;

import io.holdfast.core.consistency.Causal;

/**
 * A counter that goes up and down (PN counter; Shapiro et al. 2011, "A comprehensive study of CRDTs", section 3.1.3). Every increment counts once, whatever messages are lost or doubled.
 *
 * <p>{@link Causal}: no increment is dropped for another, and who sees an increment sees those that its writer had seen. It may be read as less or more than any single instant's sum while nodes are apart.
 */
public final class CrdtCounter extends Crdt implements Causal {
    CrdtCounter(Place place) {
        super(place);
    }

    /**
     * Adds, on this node at once.
     *
     * @param amount how much; negative takes away
     * @throws io.holdfast.core.NotAppliedException if a bound of the space is reached, or this node has added or taken 2^62 in all; nothing changed
     */
    public void add(long amount) {
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
     * Takes one away.
     *
     * @throws io.holdfast.core.NotAppliedException as {@link #add}
     */
    public void decrement() {
        add(-1);
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
