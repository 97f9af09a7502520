package io.holdfast.sharding.placement;

import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The members that may own shards, by number in order of their names; their zones, scores and bounds. Immutable. */
final class Candidates {
    static final int NONE = -1;

    final int shards;
    final Bound[] nodes;
    final Bound[] zones;
    private final List<ShardMember> fit;
    private final List<String> zoneNames;
    private final int[] zoneOf;
    private final int[] pins;
    private final double[][] scores;
    private final Map<Host, Integer> numbers = new HashMap<>();

    Candidates(ShardMap map, Fitness fitness) {
        shards = map.shards().size();
        fit = fitness.members().stream()
                .filter(member -> fitness.against(member.host()).isEmpty())
                .toList();
        zoneNames =
                List.copyOf(new TreeSet<>(fit.stream().map(ShardMember::zone).toList()));
        zoneOf = fit.stream()
                .mapToInt(member -> zoneNames.indexOf(member.zone()))
                .toArray();
        Map<NodeId, Integer> byNode = new HashMap<>();
        for (int node = 0; node < fit.size(); node++) {
            numbers.put(fit.get(node).host(), node);
            byNode.put(fit.get(node).host().node(), node);
        }
        pins = new int[shards];
        for (int shard = 0; shard < shards; shard++) {
            NodeId wanted = map.rules().pins().get(shard);
            pins[shard] = wanted == null ? NONE : byNode.getOrDefault(wanted, NONE);
        }
        nodes = bounds();
        zones = zoneBounds();
        Rendezvous rendezvous = new Rendezvous(map.space());
        scores = fit.stream()
                .map(member -> rendezvous.scores(member.host().node(), member.weight(), shards))
                .toArray(double[][]::new);
    }

    private Bound[] bounds() {
        int[] pinned = new int[fit.size()];
        for (int pin : pins) {
            if (pin != NONE) {
                pinned[pin]++;
            }
        }
        double[] shares =
                Shares.of(shards, fit.stream().mapToInt(ShardMember::weight).toArray(), pinned);
        Bound[] bounds = new Bound[fit.size()];
        for (int node = 0; node < bounds.length; node++) {
            bounds[node] = Bound.around(shares[node]).atLeast(pinned[node]);
        }
        return bounds;
    }

    private Bound[] zoneBounds() {
        double[] shares = new double[zoneNames.size()];
        for (int node = 0; node < zoneOf.length; node++) {
            shares[zoneOf[node]] += nodes[node].share();
        }
        Bound[] bounds = new Bound[shares.length];
        for (int zone = 0; zone < bounds.length; zone++) {
            bounds[zone] = Bound.around(shares[zone]);
        }
        return bounds;
    }

    int count() {
        return fit.size();
    }

    /** The candidate's number, or {@link #NONE}. */
    int number(Host host) {
        return numbers.getOrDefault(host, NONE);
    }

    Host host(int node) {
        return fit.get(node).host();
    }

    int zoneOf(int node) {
        return zoneOf[node];
    }

    String zoneName(int zone) {
        return zoneNames.get(zone).isEmpty() ? "(none)" : zoneNames.get(zone);
    }

    /** Where an operator wants the shard, or {@link #NONE} if nowhere or on a node that may not own it. */
    int pin(int shard) {
        return pins[shard];
    }

    double score(int node, int shard) {
        return scores[node][shard];
    }
}
