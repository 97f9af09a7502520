package io.holdfast.benchmarks.consensus;

import java.util.List;

/**
 * What a client is told.
 *
 * @param nodes where each node listens
 * @param leader index of the node that leads now
 * @param awayFromLeader whether it has to be at home at another node, so that the leader's end does not take its own connection along; a client that finds the leader by itself may still talk to it
 */
record ClientPlan(List<NodePorts> nodes, int leader, boolean awayFromLeader) {
    /** The node at which the client is at home. */
    int home() {
        return awayFromLeader ? (leader + 1) % nodes.size() : leader;
    }
}
