package io.holdfast.replication.event;

import io.holdfast.core.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Who of a crew has which partitions: each goes to the first of its members by rendezvous (Thaler and Ravishankar 1998) that has room, and nobody gets more than his share, rounded up. Everybody who sees the
 * same crew comes to the same; when somebody comes or goes most partitions stay.
 */
final class Shares {
    private Shares() {}

    static Set<Integer> of(NodeId self, Collection<NodeId> crew, String group, int partitions) {
        int share = (partitions + crew.size() - 1) / Math.max(1, crew.size());
        Map<NodeId, Integer> load = new HashMap<>();
        Set<Integer> mine = new HashSet<>();
        for (int partition = 0; partition < partitions; partition++) {
            String place = group + '/' + partition + '/';
            List<NodeId> ranked = new ArrayList<>(crew);
            ranked.sort(Comparator.<NodeId>comparingLong(node -> weight(place + node.value()))
                    .thenComparing(NodeId::value));
            for (NodeId node : ranked) {
                if (load.getOrDefault(node, 0) < share) {
                    load.merge(node, 1, Integer::sum);
                    if (node.equals(self)) {
                        mine.add(partition);
                    }
                    break;
                }
            }
        }
        return mine;
    }

    /** A checksum is linear, and its neighbours are alike: a multiplication scatters them (Knuth, volume 3, section 6.4). */
    private static long weight(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        long mixed = (crc.getValue() + 1) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 32);
    }
}
