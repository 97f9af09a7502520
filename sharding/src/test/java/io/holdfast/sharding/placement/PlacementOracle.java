package io.holdfast.sharding.placement;

import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a placement must be, said as plainly as can be and with no code of the planner's: the rules, and for few nodes the fewest moves by trying every layout. */
final class PlacementOracle {
    private static final double TINY = 1e-6;

    private final ShardMap map;
    private final List<ShardMember> fit;
    private final Map<Host, Double> shares;

    PlacementOracle(ShardMap map, List<ShardMember> members) {
        this.map = map;
        this.fit = members.stream()
                .filter(member -> !member.leaving()
                        && !map.rules().bans().contains(member.host().node())
                        && member.labels().containsAll(map.rules().requires()))
                .toList();
        this.shares = shares();
    }

    boolean anybodyFit() {
        return !fit.isEmpty();
    }

    /** The level is found by bisection: the sum of max(pins, weight x level) is the number of shards. */
    private Map<Host, Double> shares() {
        double low = 0;
        double high = map.shards().size();
        for (int i = 0; i < 200; i++) {
            double level = (low + high) / 2;
            double sum = fit.stream()
                    .mapToDouble(member -> Math.max(pins(member.host()), member.weight() * level))
                    .sum();
            if (sum < map.shards().size()) {
                low = level;
            } else {
                high = level;
            }
        }
        Map<Host, Double> found = new TreeMap<>();
        for (ShardMember member : fit) {
            found.put(member.host(), Math.max(pins(member.host()), member.weight() * low));
        }
        return found;
    }

    private long pins(Host host) {
        return map.rules().pins().values().stream().filter(host.node()::equals).count();
    }

    private Optional<Host> pin(int shard) {
        NodeId wanted = map.rules().pins().get(shard);
        return fit.stream()
                .map(ShardMember::host)
                .filter(host -> host.node().equals(wanted))
                .findFirst();
    }

    /** The rules that a map breaks. */
    List<String> broken(ShardMap after) {
        List<String> broken = new ArrayList<>();
        Map<Host, Integer> loads = new TreeMap<>();
        for (int shard = 0; shard < after.shards().size(); shard++) {
            Optional<Host> owner = after.at(shard).owner();
            if (owner.filter(shares::containsKey).isEmpty()) {
                broken.add("shard " + shard + " is with " + owner);
            } else {
                loads.merge(owner.get(), 1, Integer::sum);
            }
            if (pin(shard).isPresent() && !pin(shard).equals(owner)) {
                broken.add("shard " + shard + " is pinned to " + pin(shard) + " and with " + owner);
            }
        }
        shares.forEach((host, share) -> uneven(host.toString(), loads.getOrDefault(host, 0), share, broken));
        fit.stream().collect(Collectors.groupingBy(ShardMember::zone)).forEach((zone, members) -> {
            int load = members.stream()
                    .mapToInt(member -> loads.getOrDefault(member.host(), 0))
                    .sum();
            double share =
                    members.stream().mapToDouble(m -> shares.get(m.host())).sum();
            uneven("zone " + zone, load, share, broken);
        });
        return broken;
    }

    private static void uneven(String who, int load, double share, List<String> broken) {
        if (Math.abs(load - share) > Math.max(1, 0.05 * share) + TINY) {
            broken.add(who + " has " + load + " shards, its share is " + share);
        }
    }

    /** How many shards change their owner. */
    static long changed(ShardMap before, ShardMap after) {
        long changed = 0;
        for (int shard = 0; shard < before.shards().size(); shard++) {
            changed += before.at(shard).owner().equals(after.at(shard).owner()) ? 0 : 1;
        }
        return changed;
    }

    /** The fewest shards that must change their owner, of all even layouts. */
    long fewestChanges() {
        long forced = 0;
        int[] loads = new int[fit.size()];
        int[] pinned = new int[fit.size()];
        List<Host> hosts = fit.stream().map(ShardMember::host).toList();
        for (int shard = 0; shard < map.shards().size(); shard++) {
            Ownership now = map.at(shard);
            Optional<Host> pin = pin(shard);
            if (pin.isPresent()) {
                forced += pin.equals(now.owner()) ? 0 : 1;
                pinned[hosts.indexOf(pin.get())]++;
            }
            pin.or(now::owner).map(hosts::indexOf).filter(at -> at >= 0).ifPresent(at -> loads[at]++);
        }
        return forced + fewest(new int[fit.size()], 0, map.shards().size(), loads, pinned);
    }

    private long fewest(int[] layout, int node, int left, int[] loads, int[] pinned) {
        if (node == layout.length) {
            return left == 0 && even(layout) ? arrivals(layout, loads) : Integer.MAX_VALUE;
        }
        long best = Integer.MAX_VALUE;
        for (int load = pinned[node]; load <= left; load++) {
            layout[node] = load;
            best = Math.min(best, fewest(layout, node + 1, left - load, loads, pinned));
        }
        return best;
    }

    private static long arrivals(int[] layout, int[] loads) {
        long sum = 0;
        for (int node = 0; node < layout.length; node++) {
            sum += Math.max(0, layout[node] - loads[node]);
        }
        return sum;
    }

    private boolean even(int[] layout) {
        List<String> broken = new ArrayList<>();
        Map<String, Integer> zoneLoads = new TreeMap<>();
        Map<String, Double> zoneShares = new TreeMap<>();
        for (int node = 0; node < layout.length; node++) {
            double share = shares.get(fit.get(node).host());
            uneven("", layout[node], share, broken);
            zoneLoads.merge(fit.get(node).zone(), layout[node], Integer::sum);
            zoneShares.merge(fit.get(node).zone(), share, Double::sum);
        }
        zoneLoads.forEach((zone, load) -> uneven("", load, zoneShares.get(zone), broken));
        return broken.isEmpty();
    }
}
