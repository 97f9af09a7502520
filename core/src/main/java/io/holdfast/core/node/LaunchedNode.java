package io.holdfast.core.node;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ServiceDirectory;
import java.net.URI;

/** A running node. Safe for use by many threads. */
public interface LaunchedNode extends AutoCloseable {
    /**
     * Its name.
     *
     * @return the id
     */
    NodeId id();

    /**
     * Where it listens for other nodes.
     *
     * @return the address
     */
    Address address();

    /**
     * Where its admin endpoint answers.
     *
     * @return the base URI
     */
    URI admin();

    /**
     * Who is in the cluster.
     *
     * @return the membership
     */
    Membership membership();

    /**
     * Who serves what.
     *
     * @return the directory
     */
    ServiceDirectory services();

    /**
     * Offers a service, and does the jobs of an object that one node does at a time.
     *
     * @param service implements one or more contracts, or has methods with {@code @LeaderOnly}; or the class of such an object, which is then made
     * @throws io.holdfast.core.InvalidContractException if a contract breaks a rule; the message names the place and the fix
     */
    void host(Object service);

    /**
     * A client of a service, wherever it runs.
     *
     * @param contract the service's interface
     * @param <T> the service's interface
     * @return a client that is safe for use by many threads
     * @throws io.holdfast.core.InvalidContractException if the contract breaks a rule; the message names the place and the fix
     */
    <T> T client(Class<T> contract);

    /** Leaves gracefully: not ready, in-flight calls finish, goodbye. */
    @Override
    void close();
}
