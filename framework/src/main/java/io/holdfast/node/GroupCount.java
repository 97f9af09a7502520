package io.holdfast.node;

import io.holdfast.consensus.group.ReplicaIdentity;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.BulletinEvent;
import io.holdfast.core.env.Registration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many groups a cluster has: as many as it was made with, for what is spread over them lies where its hash and their number say. A data directory remembers it, and the nodes tell each other. Safe for
 * use by many threads.
 */
final class GroupCount implements AutoCloseable {
    private static final String KEY = "holdfast.consensus.groups";
    private static final String CELL = "consensus-groups";
    private static final String TOPIC = "consensus-groups";

    private final int groups;
    private final Map<NodeId, Integer> others = new ConcurrentHashMap<>();
    private final Registration watch;

    private GroupCount(int groups, ConsensusPart.Ground ground) {
        this.groups = groups;
        ground.discovery().bulletin().publish(TOPIC, bytes(groups));
        this.watch = ground.discovery().bulletin().watch(TOPIC, this::hear);
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
        return new GroupCount(groups, ground);
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

    private void hear(BulletinEvent event) {
        if (event instanceof BulletinEvent.Told told) {
            others.put(told.node(), number(told.value()));
        } else if (event instanceof BulletinEvent.Gone gone) {
            others.remove(gone.node());
        }
    }

    /** Why this node must not use the groups, if another node has another number. */
    Optional<String> refusal() {
        return others.entrySet().stream()
                .filter(other -> other.getValue() != groups)
                .findFirst()
                .map(other -> "node " + other.getKey() + " has " + KEY + "=" + other.getValue() + " and this node "
                        + groups + ", and all nodes of a cluster must have the same; start the one that is new with the"
                        + " number of the others and an empty data directory");
    }

    @Override
    public void close() {
        watch.close();
    }
}
