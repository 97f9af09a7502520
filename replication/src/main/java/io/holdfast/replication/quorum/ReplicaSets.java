package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who keeps one partition.
 *
 * @param readers whose answers make a read
 * @param writers the sets of each of which a quorum must store a write: one, or two while members change
 * @param all everybody who stores what is written
 * @param spares who may hold hints, in order
 */
record ReplicaSets(List<NodeId> readers, List<List<NodeId>> writers, Set<NodeId> all, List<NodeId> spares) {
    static ReplicaSets of(Ring ring, int partition, int replicas) {
        List<NodeId> before = Preference.order(ring.current(), partition, replicas);
        List<NodeId> after =
                ring.phase() == Ring.Phase.STABLE ? before : Preference.order(ring.target(), partition, replicas);
        List<NodeId> old = first(before, replicas);
        List<NodeId> young = first(after, replicas);
        Set<NodeId> all = new LinkedHashSet<>(old);
        all.addAll(young);
        Set<NodeId> spares = new LinkedHashSet<>(after);
        spares.removeAll(all);
        return new ReplicaSets(
                ring.phase() == Ring.Phase.SWITCHED ? young : old,
                old.equals(young) ? List.of(old) : List.of(old, young),
                all,
                new ArrayList<>(spares));
    }

    private static List<NodeId> first(List<NodeId> order, int count) {
        return List.copyOf(order.subList(0, Math.min(count, order.size())));
    }

    boolean has(NodeId node) {
        return all.contains(node);
    }

    /** Whether enough replicas of each set are among some. */
    boolean isQuorum(Set<NodeId> stored, int write) {
        for (List<NodeId> set : writers) {
            if (count(set, stored) < Math.min(write, set.size())) {
                return false;
            }
        }
        return true;
    }

    static int count(List<NodeId> set, Set<NodeId> among) {
        int count = 0;
        for (NodeId node : set) {
            count += among.contains(node) ? 1 : 0;
        }
        return count;
    }
}
