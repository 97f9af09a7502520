package io.holdfast.sharding.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WhatIfTest {
    private static final List<ShardMember> THREE = List.of(member("a"), member("b"), member("c"));

    private static ShardMember member(String name) {
        return new ShardMember(new Host(NodeId.of(name), 7), "z", 100, Set.of(), false);
    }

    private static ShardMap settled() {
        ShardMap empty = ShardMap.empty("shards", 64);
        Map<Integer, Ownership> first = new HashMap<>();
        Placement.plan(empty, THREE).moves().forEach(move -> first.put(move.shard(), move.next(Ownership.NONE)));
        return empty.with(first);
    }

    @Test
    void whatIsSupposedOfANodeThatJoinsIsWhatIsPlannedWhenItHasJoined() {
        ShardMap map = settled();
        List<ShardMember> joined = new ArrayList<>(THREE);
        joined.add(new ShardMember(new Host(NodeId.of("d"), 99), "z", 200, Set.of("ssd"), false));
        List<Move> planned = Placement.plan(map, joined).moves();
        List<Move> supposed = Placement.plan(
                        map,
                        WhatIf.NOTHING
                                .joins(NodeId.of("d"), "z", 200, Set.of("ssd"))
                                .members(THREE))
                .moves();
        assertThat(supposed)
                .extracting(Move::shard)
                .containsExactlyElementsOf(planned.stream().map(Move::shard).toList())
                .isNotEmpty();
        assertThat(supposed)
                .extracting(Move::explain)
                .containsExactlyElementsOf(planned.stream().map(Move::explain).toList());
    }

    @Test
    void aNodeThatIsSupposedToLeaveGivesAllItHasAndNothingElseMoves() {
        ShardMap map = settled();
        List<Move> supposed = Placement.plan(
                        map, WhatIf.NOTHING.leaves(NodeId.of("b")).members(THREE))
                .moves();
        long has = map.shards().stream()
                .filter(each -> each.owner().orElseThrow().node().equals(NodeId.of("b")))
                .count();
        assertThat(supposed).hasSize((int) has);
        assertThat(supposed).allMatch(move -> move.reason() == Reason.LEAVING);
    }
}
