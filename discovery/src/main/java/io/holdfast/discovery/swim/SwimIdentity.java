package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.NodeId;

/**
 * Who this node is and which cluster it wants to be in.
 *
 * @param cluster the cluster's name, a DNS label; nodes of other names are refused
 * @param node this node's id
 * @param address where it listens, as others reach it
 * @param zone where it stands; empty if it was not told
 */
public record SwimIdentity(String cluster, NodeId node, Address address, String zone) {
    /**
     * Validates the bounds.
     *
     * @param cluster as the component
     * @param node as the component
     * @param address as the component
     * @param zone as the component
     * @throws IllegalArgumentException if one is passed; the message names it
     */
    public SwimIdentity {
        Check.label("cluster name", cluster);
        Check.between("port of this node's address", address.port(), 1, 65_535);
        Check.that(zone.length() <= 63, "zone of node %s (%d characters) must have at most 63", node, zone.length());
    }
}
