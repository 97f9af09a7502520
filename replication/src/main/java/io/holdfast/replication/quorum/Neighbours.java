package io.holdfast.replication.quorum;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where nodes listen, and whether membership believes them alive. */
final class Neighbours {
    private final NodeId self;
    private final Map<NodeId, QuorumRequest.Neighbour> nodes = new HashMap<>();
    private final Map<Address, NodeId> names = new HashMap<>();

    Neighbours(NodeId self) {
        this.self = self;
    }

    NodeId self() {
        return self;
    }

    void learn(QuorumRequest.Neighbour seen) {
        QuorumRequest.Neighbour before = nodes.put(seen.node(), seen);
        if (before != null) {
            names.remove(before.address(), seen.node());
        }
        names.put(seen.address(), seen.node());
    }

    @Nullable NodeId at(Address address) {
        return names.get(address);
    }

    boolean isAlive(NodeId node) {
        QuorumRequest.Neighbour known = nodes.get(node);
        return node.equals(self) || (known != null && known.alive());
    }

    Optional<Address> address(NodeId node) {
        return Optional.ofNullable(nodes.get(node)).map(QuorumRequest.Neighbour::address);
    }

    /** Sends, if it is known where the node listens. */
    void send(NodeId node, QuorumMessage message, Turn turn) {
        QuorumRequest.Neighbour known = nodes.get(node);
        if (known != null) {
            turn.send(known.address(), message);
        }
    }
}
