package io.holdfast.consensus;

import io.holdfast.consensus.primitive.MapTransaction;
import java.util.Optional;

/** What came of a transaction. Immutable. */
public final class TransactionOutcome {
    private final long revision;
    private final MapTransaction.Outcome outcome;

    TransactionOutcome(long revision, MapTransaction.Outcome outcome) {
        this.revision = revision;
        this.outcome = outcome;
    }

    /**
     * Whether all conditions held.
     *
     * @return true if the first steps were done, false if those of {@link Transaction#otherwise}
     */
    public boolean succeeded() {
        return outcome.succeeded();
    }

    /**
     * The revision at which it was done.
     *
     * @return the revision
     */
    public long revision() {
        return revision;
    }

    /**
     * What a step read or removed.
     *
     * @param map the map of that step
     * @param step the step, counted from 0 among those that were done
     * @param <V> the value's type
     * @return the entry, or empty if there was none or the step was a put
     * @throws IndexOutOfBoundsException if there is no such step
     */
    public <V> Optional<Versioned<V>> entry(ReplicatedMap<?, V> map, int step) {
        return map.codec().optional(outcome.outcomes().get(step).existing());
    }
}
