package io.holdfast.sharding.map;

import io.holdfast.core.NodeId;

/**
 * A process that can own shards. A node that starts anew is another host: what its former process had under way may still arrive, so it must not go on in the former's epochs.
 *
 * @param node the node
 * @param run drawn anew by each process
 */
public record Host(NodeId node, long run) implements Comparable<Host> {
    @Override
    public int compareTo(Host other) {
        int byNode = node.compareTo(other.node);
        return byNode != 0 ? byNode : Long.compare(run, other.run);
    }

    @Override
    public String toString() {
        return node.value();
    }
}
