package io.holdfast.replication.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.NodeId;
import io.holdfast.replication.version.KeyHash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PreferenceTest {
    private static List<RingMember> members(int count, int zones) {
        return IntStream.range(0, count)
                .mapToObj(i -> new RingMember(NodeId.of("node-" + i), "zone-" + i % zones, i))
                .toList();
    }

    private static String zone(List<RingMember> members, NodeId node) {
        return members.stream()
                .filter(member -> member.node().equals(node))
                .findFirst()
                .orElseThrow()
                .zone();
    }

    @Test
    void noTwoReplicasStandInOneZoneWhileAnotherHasNone() {
        List<RingMember> members = members(9, 3);
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            Set<String> zones = new HashSet<>();
            Preference.order(members, partition, 3)
                    .subList(0, 3)
                    .forEach(node -> zones.add(zone(members, node)));
            assertThat(zones).hasSize(3);
        }
    }

    @Test
    void withFewerZonesThanReplicasEachHasItsTurn() {
        List<RingMember> members = members(6, 2);
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            List<NodeId> order = Preference.order(members, partition, 3);
            assertThat(order).hasSize(6).doesNotHaveDuplicates();
            assertThat(zone(members, order.get(0))).isNotEqualTo(zone(members, order.get(1)));
        }
    }

    @Test
    void aNewMemberTakesItsShareAndNothingMovesBetweenTheOthers() {
        List<RingMember> before = members(5, 1);
        List<RingMember> after = new ArrayList<>(before);
        after.add(new RingMember(NodeId.of("node-new"), "zone-0", 99));
        int taken = 0;
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            Set<NodeId> old = new HashSet<>(Preference.order(before, partition, 3).subList(0, 3));
            Set<NodeId> young = new HashSet<>(Preference.order(after, partition, 3).subList(0, 3));
            boolean comes = young.remove(NodeId.of("node-new"));
            assertThat(old).containsAll(young);
            taken += comes ? 1 : 0;
        }
        assertThat(taken).as("about half of the partitions, as three of six").isBetween(100, 156);
    }
}
