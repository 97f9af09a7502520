package io.holdfast.core.cluster;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.Registration;
import java.util.Optional;
import java.util.function.Consumer;

/** Who leads a group. Knowledge, not a right: what a leader writes is fenced by its {@link Epoch}. Safe for use by many threads. */
public interface Leadership {
    /**
     * A leader and since when.
     *
     * @param leader the node, or empty while nobody leads
     * @param epoch the term; never goes back
     */
    record Term(Optional<NodeId> leader, Epoch epoch) {}

    /**
     * The latest term that this node knows.
     *
     * @return the term
     */
    Term current();

    /**
     * Whether this node leads, as far as it knows.
     *
     * @return true while the current term's leader is this node
     */
    boolean isLeader();

    /**
     * Listens: first the current term, then each change in order, on one thread; the listener must not block.
     *
     * @param listener the listener
     * @return ends the listening
     */
    Registration listen(Consumer<Term> listener);
}
