package io.holdfast.testkit.contract;

import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ServiceDirectory;

/** A cluster of nodes named {@code n0}, {@code n1} and so on, for the suites of {@link Membership} and {@link ServiceDirectory}. */
public interface DiscoveryCluster extends AutoCloseable {
    /**
     * A node's membership.
     *
     * @param node 0 for the first
     * @return its membership
     */
    Membership membership(int node);

    /**
     * A node's directory.
     *
     * @param node 0 for the first
     * @return its directory
     */
    ServiceDirectory services(int node);

    /**
     * Ends a node without a goodbye, as a crash does: its connections close, nothing more is sent.
     *
     * @param node 0 for the first
     */
    void kill(int node);

    /** Ends all nodes that are left. */
    @Override
    void close();
}
