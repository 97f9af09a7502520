package io.holdfast.testkit.contract;

import io.holdfast.core.cluster.Bulletin;

/** A cluster of nodes named {@code n0}, {@code n1} and so on, for the suite of {@link Bulletin}. */
public interface BulletinCluster extends AutoCloseable {
    /**
     * A node's bulletin.
     *
     * @param node 0 for the first
     * @return its bulletin
     */
    Bulletin bulletin(int node);

    /**
     * Ends a node without a goodbye, as a crash does.
     *
     * @param node 0 for the first
     */
    void kill(int node);

    /**
     * Starts a node that was killed anew, under its name; from then on {@link #bulletin} gives the new one.
     *
     * @param node 0 for the first
     */
    void restart(int node);

    /** Ends all nodes that are left. */
    @Override
    void close();
}
