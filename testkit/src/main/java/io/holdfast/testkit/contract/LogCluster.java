package io.holdfast.testkit.contract;

import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.MonotonicClock;

/** A group of replicas on nodes named {@code n0}, {@code n1} and so on, for the suites of {@link ReplicatedLog} and its leadership. */
public interface LogCluster extends AutoCloseable {
    /**
     * A node's replica.
     *
     * @param node 0 for the first
     * @return the log of its present life
     */
    ReplicatedLog log(int node);

    /**
     * The clock of the deadlines.
     *
     * @return the clock
     */
    MonotonicClock clock();

    /**
     * Cuts a node off from the others.
     *
     * @param node 0 for the first
     */
    void isolate(int node);

    /** Ends all isolation. */
    void heal();

    /**
     * Ends a node as a crash does.
     *
     * @param node 0 for the first
     */
    void kill(int node);

    /**
     * Starts a killed node anew, with a new applier.
     *
     * @param node 0 for the first
     */
    void restart(int node);

    /** Ends all nodes. */
    @Override
    void close();
}
