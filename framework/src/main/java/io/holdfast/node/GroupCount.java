package io.holdfast.node;

import io.holdfast.consensus.group.ReplicaIdentity;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Bulletin;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How many groups a cluster has: as many as it was made with, for what is spread over them lies where its hash and their number say. A data directory remembers it, and the nodes tell each other. Safe for
 * use by many threads.
 */
final class GroupCount {
    private static final String KEY = "holdfast.consensus.groups";
    private static final String CELL = "consensus-groups";
    private static final String TOPIC = "consensus-groups";

    private final int groups;
    private final NodeId self;
    private final Bulletin bulletin;

    GroupCount(int groups, NodeId self, Bulletin bulletin) {
        this.groups = groups;
        this.self = self;
        this.bulletin = bulletin;
        bulletin.publish(TOPIC, bytes(groups));
    }

    /**
     * Remembers the number, and begins to compare it with the others'.
     *
     * @throws UnavailableException if the data directory was made with another number
     */
    static GroupCount claim(int groups, ConsensusPart.Ground ground) {
        Optional<byte[]> remembered = ground.cells().read(CELL);
        if (remembered.isPresent()) {
            requireSame(number(remembered.get()), groups, ground.self());
        } else if (ReplicaIdentity.read(ground.cells(), ConsensusConfig.DEFAULT).isPresent()) {
            requireSame(1, groups, ground.self()); // by a build that knew one group only
        }
        if (remembered.isEmpty()) {
            ground.cells().write(CELL, bytes(groups));
        }
        return new GroupCount(groups, ground.self(), ground.discovery().bulletin());
    }

    private static void requireSame(int before, int now, NodeId self) {
        if (before != now) {
            throw new UnavailableException("the data directory of node " + self + " was made with " + KEY + "=" + before
                    + " and it is started with " + now
                    + ": what is spread over the groups could not be found any more; set it back to " + before
                    + ", or begin a new cluster with the other number");
        }
    }

    private static byte[] bytes(int groups) {
        return new byte[] {(byte) groups};
    }

    /** 0 for what is no number of groups. */
    private static int number(byte[] bytes) {
        return bytes.length == 1 ? bytes[0] : 0;
    }

    /** Why this node must not use the groups: as many others or more have another number. One wrong newcomer among several stops itself, not the others; two nodes that disagree both stop, for neither can know who is right. */
    Optional<String> refusal() {
        Map<NodeId, Integer> others = new TreeMap<>();
        bulletin.values(TOPIC).forEach((node, bytes) -> others.put(node, number(bytes)));
        others.remove(self);
        return refusal(groups, others);
    }

    static Optional<String> refusal(int groups, Map<NodeId, Integer> others) {
        long alike =
                1 + others.values().stream().filter(number -> number == groups).count();
        return others.entrySet().stream()
                .filter(other -> other.getValue() != groups)
                .findFirst()
                .filter(other -> others.size() + 1 - alike >= alike)
                .map(other -> "node " + other.getKey() + " has " + KEY + "=" + other.getValue() + " and this node "
                        + groups + ", and all nodes of a cluster must have the same; start the one that is new with the"
                        + " number of the others and an empty data directory");
    }
}
