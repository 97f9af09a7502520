package io.holdfast.sharding.placement;

import java.util.Locale;
import java.util.stream.IntStream;

/** Loads and bounds in words, as they were when the plan began. Immutable. */
final class Words {
    private final Candidates candidates;
    private final int[] nodes;
    private final int[] zones;

    Words(Candidates candidates, Loads loads) {
        this.candidates = candidates;
        this.nodes = IntStream.range(0, candidates.count()).map(loads::of).toArray();
        this.zones =
                IntStream.range(0, candidates.zones.length).map(loads::ofZone).toArray();
    }

    String node(int node) {
        return candidates.host(node) + " has " + has(nodes[node], candidates.nodes[node]);
    }

    String zone(int zone) {
        return "zone " + candidates.zoneName(zone) + " has " + has(zones[zone], candidates.zones[zone]);
    }

    private String has(int shards, Bound bound) {
        return shards + " of " + candidates.shards + " shards, its share is " + number(bound.share()) + " ("
                + bound.low() + " to " + bound.high() + ")";
    }

    private static String number(double share) {
        String text = String.format(Locale.ROOT, "%.1f", share);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
