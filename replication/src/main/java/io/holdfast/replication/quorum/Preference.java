package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.version.KeyHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which members a partition prefers, in order: rendezvous hashing (Thaler and Ravishankar 1998), with the replicas spread over zones first. A pure function of the members, so that every node comes to the same
 * order; when a member comes or goes only its own partitions move.
 */
final class Preference {
    private Preference() {}

    private record Scored(RingMember member, long score) {}

    /** All members, the replicas first: of the first {@code replicas} no two stand in one zone while another zone has not its turn. */
    static List<NodeId> order(List<RingMember> members, int partition, int replicas) {
        List<RingMember> ranked = members.stream()
                .map(member -> new Scored(member, score(member.node(), partition)))
                .sorted(Comparator.comparingLong(Scored::score).reversed())
                .map(Scored::member)
                .toList();
        List<RingMember> rest = new ArrayList<>(ranked);
        List<NodeId> order = new ArrayList<>(members.size());
        Set<String> zones = new HashSet<>();
        while (order.size() < replicas && !rest.isEmpty()) {
            RingMember next = rest.stream()
                    .filter(member -> !zones.contains(member.zone()))
                    .findFirst()
                    .orElse(null);
            if (next == null) {
                zones.clear(); // each zone has had its turn
                continue;
            }
            zones.add(next.zone());
            order.add(next.node());
            rest.remove(next);
        }
        rest.forEach(member -> order.add(member.node()));
        return order;
    }

    private static long score(NodeId node, int partition) {
        long z = KeyHash.of(node.value().getBytes(StandardCharsets.UTF_8)) + (partition + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return (z ^ (z >>> 31)) >>> 1;
    }
}
