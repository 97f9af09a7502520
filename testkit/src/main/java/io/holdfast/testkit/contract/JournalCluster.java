package io.holdfast.testkit.contract;

import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.env.MonotonicClock;

/** A group of nodes named {@code n0}, {@code n1} and so on that keeps a journal without records, for the suite of {@link ReplicatedJournal}. */
public interface JournalCluster extends AutoCloseable {
    /**
     * The journal as a node sees it.
     *
     * @param node 0 for the first
     * @return its journal
     */
    ReplicatedJournal journal(int node);

    /**
     * The clock of the deadlines.
     *
     * @return the clock
     */
    MonotonicClock clock();

    /** The present leader loses its office, suddenly; the group gets another one, or the same anew. */
    void changeLeader();

    /**
     * Cuts a node off from the others.
     *
     * @param node 0 for the first
     */
    void isolate(int node);

    /** Ends all isolation. */
    void heal();

    /** Ends all nodes. */
    @Override
    void close();
}
