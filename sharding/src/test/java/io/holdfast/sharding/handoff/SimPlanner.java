package io.holdfast.sharding.handoff;

import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.KeyHash;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Rendezvous without bounds: enough to make shards move when nodes come and go. */
final class SimPlanner implements Planner {
    @Override
    public List<Move> plan(ShardMap map, Collection<ShardMember> members) {
        List<Move> urgent = new ArrayList<>();
        List<Move> live = new ArrayList<>();
        for (int shard = 0; shard < map.shards().size(); shard++) {
            Optional<Host> best = best(shard, map, members);
            Optional<Host> owner = map.at(shard).owner();
            if (best.isEmpty() || best.equals(owner)) {
                continue;
            }
            boolean there = owner.isPresent()
                    && members.stream().anyMatch(each -> each.host().equals(owner.orElseThrow()));
            (there ? live : urgent).add(new Move(shard, best.orElseThrow(), !there, there ? "balance" : "gone"));
        }
        urgent.addAll(live);
        return urgent;
    }

    private static Optional<Host> best(int shard, ShardMap map, Collection<ShardMember> members) {
        return members.stream()
                .filter(each -> !each.leaving())
                .filter(each -> !map.rules().bans().contains(each.host().node()))
                .max(Comparator.comparingLong(
                        each -> KeyHash.of(shard + "@" + each.host().node())))
                .map(ShardMember::host);
    }
}
