package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;
import java.util.List;

/** A message between two nodes: who sends it and from which cluster, what it is for, and the rumours it carries along. Immutable. Its bytes are those of {@link PacketCodec}. */
public final class Packet {
    private final String cluster;
    private final String clusterId;
    private final NodeId sender;
    private final Body body;
    private final List<Rumor> rumors;

    Packet(String cluster, String clusterId, NodeId sender, Body body, List<Rumor> rumors) {
        this.cluster = cluster;
        this.clusterId = clusterId;
        this.sender = sender;
        this.body = body;
        this.rumors = rumors;
    }

    /**
     * Whether it names this node as its sender.
     *
     * @param node the node that the connection belongs to
     * @return true if it does
     */
    public boolean isFrom(NodeId node) {
        return sender.equals(node);
    }

    String cluster() {
        return cluster;
    }

    String clusterId() {
        return clusterId;
    }

    NodeId sender() {
        return sender;
    }

    Body body() {
        return body;
    }

    List<Rumor> rumors() {
        return rumors;
    }

    @Override
    public String toString() {
        return sender + "@" + cluster + "/" + clusterId + " " + body + " " + rumors;
    }
}
