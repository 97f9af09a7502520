package io.holdfast.sharding.placement;

import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.map.ShardRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Maps and members for tests, and what happens when a plan's moves are made. */
final class Scene {
    private Scene() {}

    static ShardMember member(String node, String zone, int weight) {
        return new ShardMember(new Host(NodeId.of(node), 1), zone, weight, Set.of(), false);
    }

    static ShardMember member(String node) {
        return member(node, "", 100);
    }

    static List<ShardMember> equals(int nodes) {
        List<ShardMember> members = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            members.add(member("n" + i));
        }
        return members;
    }

    static ShardMember leaving(ShardMember member) {
        return new ShardMember(member.host(), member.zone(), member.weight(), member.labels(), true);
    }

    static ShardMember labelled(ShardMember member, String label) {
        return new ShardMember(member.host(), member.zone(), member.weight(), Set.of(label), member.leaving());
    }

    /** All moves, each from its beginning to its end. */
    static ShardMap made(ShardMap map, Plan plan) {
        return arrived(begun(map, plan.moves()));
    }

    static ShardMap begun(ShardMap map, List<Move> moves) {
        Map<Integer, Ownership> changes = new HashMap<>();
        moves.forEach(move -> changes.put(move.shard(), move.next(map.at(move.shard()))));
        return map.with(changes);
    }

    /** Every target becomes the owner. */
    static ShardMap arrived(ShardMap map) {
        Map<Integer, Ownership> changes = new HashMap<>();
        for (int shard = 0; shard < map.shards().size(); shard++) {
            Ownership now = map.at(shard);
            Optional<Host> target = now.target();
            if (target.isPresent()) {
                changes.put(shard, now.handedTo(target.get()));
            }
        }
        return map.with(changes);
    }

    static ShardMap settled(ShardMap map, List<ShardMember> members) {
        return made(map, Placement.plan(map, members));
    }

    static ShardMap settled(int shards, List<ShardMember> members) {
        return settled(ShardMap.empty("entities", shards), members);
    }

    /** Members of any weights, zones and labels, some leaving. */
    static List<ShardMember> anyMembers(Random random, int nodes) {
        int zones = 1 + random.nextInt(4);
        int spread = random.nextBoolean() ? 1 : 1 + random.nextInt(400);
        List<ShardMember> members = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            members.add(new ShardMember(
                    new Host(NodeId.of("n" + i), random.nextInt(2)),
                    "z" + random.nextInt(zones),
                    1 + random.nextInt(spread),
                    random.nextInt(10) == 0 ? Set.of() : Set.of("ssd"),
                    random.nextInt(10) == 0));
        }
        return members;
    }

    static ShardRules anyRules(Random random, int shards, int nodes) {
        Map<Integer, NodeId> pins = new TreeMap<>();
        int pinned = random.nextBoolean() ? 0 : random.nextInt(shards / 2);
        int favoured = random.nextInt(nodes + 1);
        for (int i = 0; i < pinned; i++) {
            pins.put(
                    random.nextInt(shards),
                    NodeId.of("n" + (random.nextBoolean() ? favoured : random.nextInt(nodes + 1))));
        }
        Set<NodeId> bans = new TreeSet<>();
        while (random.nextInt(3) == 0) {
            bans.add(NodeId.of("n" + random.nextInt(nodes)));
        }
        return new ShardRules(false, pins, bans, random.nextBoolean() ? Set.of("ssd") : Set.of());
    }

    /** Shards of anybody, of nobody and of the dead, spread without sense. */
    static ShardMap anyMap(Random random, int shards, List<ShardMember> members) {
        Map<Integer, Ownership> owners = new HashMap<>();
        int few = 1 + random.nextInt(members.size());
        for (int shard = 0; shard < shards; shard++) {
            int draw = random.nextInt(10);
            if (draw == 0) {
                continue;
            }
            Host host = draw == 1
                    ? new Host(NodeId.of("n" + random.nextInt(members.size() + 2)), 9)
                    : members.get(random.nextInt(few)).host();
            owners.put(shard, Ownership.NONE.takenBy(host));
        }
        return ShardMap.empty("entities", shards).with(owners);
    }
}
