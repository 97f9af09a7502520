package io.holdfast.transport;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who this node says it is when it greets a peer.
 *
 * @param node the node's id
 * @param cluster the name of the cluster, a DNS label; a peer of another name is refused
 * @param clusterId the id of the cluster, empty until discovery has agreed on one; a peer of another id is refused. Asked at each greeting, on the transport's thread
 */
public record TransportIdentity(NodeId node, String cluster, Supplier<Optional<String>> clusterId) {
    /**
     * Validates the name.
     *
     * @param node the node's id
     * @param cluster the name of the cluster, a DNS label; a peer of another name is refused
     * @param clusterId the id of the cluster, empty until discovery has agreed on one; a peer of another id is refused. Asked at each greeting, on the transport's thread
     * @throws IllegalArgumentException if the cluster's name is not a DNS label
     */
    public TransportIdentity {
        Check.label("cluster name", cluster);
    }

    /**
     * An identity without a cluster id.
     *
     * @param node the node's id
     * @param cluster the name of the cluster
     * @return the identity
     */
    public static TransportIdentity of(String node, String cluster) {
        return new TransportIdentity(NodeId.of(node), cluster, Optional::empty);
    }

    /**
     * This identity with a source of the cluster id.
     *
     * @param value the source
     * @return a copy
     */
    public TransportIdentity withClusterId(Supplier<Optional<String>> value) {
        return new TransportIdentity(node, cluster, value);
    }
}
