package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import java.util.List;

/** The ring as this node knows it, and who keeps what by it. */
final class RingView {
    private final int replicas;
    private final ReplicaSets[] sets = new ReplicaSets[KeyHash.PARTITIONS];
    private Ring ring = Ring.NONE;

    RingView(int replicas) {
        this.replicas = replicas;
        adopt(Ring.NONE);
    }

    Ring ring() {
        return ring;
    }

    long epoch() {
        return ring.epoch();
    }

    void adopt(Ring next) {
        ring = next;
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            sets[partition] = ReplicaSets.of(next, partition, replicas);
        }
    }

    ReplicaSets of(RowKey key) {
        return sets[key.partition()];
    }

    ReplicaSets of(int partition) {
        return sets[partition];
    }

    /** Whether a node keeps a partition when the change of members is through. */
    boolean staysAt(NodeId node, int partition) {
        List<List<NodeId>> writers = sets[partition].writers();
        return writers.get(writers.size() - 1).contains(node);
    }

    boolean keeps(NodeId node, int partition) {
        return sets[partition].has(node);
    }
}
