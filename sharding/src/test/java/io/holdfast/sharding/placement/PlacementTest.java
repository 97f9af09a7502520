package io.holdfast.sharding.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

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
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final ShardMember A = Scene.member("a");
    private static final ShardMember B = Scene.member("b");
    private static final ShardMember C = Scene.member("c");

    /** Eight shards, of A, B, A, B and so on. */
    private static final ShardMap EVEN = even();

    private static ShardMap even() {
        Map<Integer, Ownership> owners = new HashMap<>();
        for (int shard = 0; shard < 8; shard++) {
            owners.put(shard, Ownership.NONE.takenBy((shard % 2 == 0 ? A : B).host()));
        }
        return ShardMap.empty("entities", 8).with(owners);
    }

    private static ShardMap with(ShardMap map, int shard, Ownership ownership) {
        return map.with(Map.of(shard, ownership));
    }

    private static Move only(ShardMap map, ShardMember... members) {
        Plan plan = Placement.plan(map, List.of(members));
        assertThat(plan.homeless()).isEmpty();
        assertThat(plan.moves()).hasSize(1);
        return plan.moves().get(0);
    }

    @Test
    void weightsGiveSharesAndAPlanOfMovesInTheOrderOfTheirUrgency() {
        List<ShardMember> members = List.of(Scene.member("a", "", 100), Scene.member("b", "", 300));
        ShardMap map = Scene.settled(256, members);
        assertThat(Placement.shares(map, members)).extracting(Share::share).containsExactly(64.0, 192.0);
        assertThat(Placement.shares(map, members).get(0).shards()).isBetween(61, 67);
        assertThat(Placement.shares(map, members).get(1).shards()).isBetween(183, 201);

        ShardRules rules = ShardRules.NONE.withBans(Set.of(NodeId.of("b"))).withPins(Map.of(2, NodeId.of("c")));
        ShardMap mixed = with(with(EVEN, 0, Ownership.NONE), 4, Ownership.NONE.takenBy(new Host(NodeId.of("a"), 7)))
                .withRules(rules);
        List<ShardMember> now = List.of(Scene.leaving(A), B, C, Scene.member("d"));
        assertThat(Placement.plan(mixed, now).moves())
                .extracting(Move::reason)
                .containsExactly(
                        Reason.NOBODY,
                        Reason.GONE,
                        Reason.LEAVING,
                        Reason.LEAVING,
                        Reason.BANNED,
                        Reason.BANNED,
                        Reason.BANNED,
                        Reason.BANNED);
    }

    @Test
    void everyReasonTellsTheNumbers() {
        assertThat(only(with(EVEN, 0, Ownership.NONE), A, B).explain()).isEqualTo("nobody owns it");
        Ownership formerRun = Ownership.NONE.takenBy(new Host(NodeId.of("a"), 7));
        assertThat(only(with(EVEN, 0, formerRun), A, B).explain()).isEqualTo("a (run 7) is no member any more");
        assertThat(Placement.plan(EVEN, List.of(Scene.leaving(A), B)).moves())
                .extracting(Move::explain)
                .containsOnly("a is leaving");
        assertThat(Placement.plan(EVEN.withRules(ShardRules.NONE.withBans(Set.of(NodeId.of("a")))), List.of(A, B))
                        .moves())
                .extracting(Move::explain)
                .containsOnly("a is banned");
        ShardRules ssd = new ShardRules(false, Map.of(), Set.of(), Set.of("ssd"));
        assertThat(Placement.plan(EVEN.withRules(ssd), List.of(A, Scene.labelled(B, "ssd")))
                        .moves())
                .extracting(Move::reason, Move::explain)
                .containsOnly(tuple(Reason.UNFIT, "a lacks the labels [ssd] of the required [ssd]"));
        assertThat(only(EVEN.withRules(ShardRules.NONE.withPins(Map.of(0, NodeId.of("b")))), A, B)
                        .explain())
                .isEqualTo("it is pinned to b");
        assertThat(Placement.plan(EVEN, List.of(A, B, C)).moves())
                .extracting(Move::explain)
                .containsOnly(
                        "a has 4 of 8 shards, its share is 2.7 (2 to 3)",
                        "b has 4 of 8 shards, its share is 2.7 (2 to 3)");
    }

    @Test
    void aZoneThatHasMoreThanItsPartGivesAwayThoughEachOfItsNodesIsWithinItsBounds() {
        List<ShardMember> members = new ArrayList<>();
        Map<Integer, Ownership> owners = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            members.add(Scene.member("x" + i, "x", 100));
            members.add(Scene.member("y" + i, "y", 100));
        }
        for (int shard = 0; shard < 32; shard++) { // 20 for x, 12 for y, one or two each; the shares are 16
            owners.put(
                    shard,
                    Ownership.NONE.takenBy(Scene.member(shard < 20 ? "x" + shard % 10 : "y" + shard % 10)
                            .host()));
        }
        List<Move> moves = Placement.plan(ShardMap.empty("entities", 32).with(owners), members)
                .moves();
        assertThat(moves).hasSize(3).allSatisfy(move -> {
            assertThat(move.reason()).isEqualTo(Reason.ZONE);
            assertThat(move.explain()).isEqualTo("zone x has 20 of 32 shards, its share is 16 (15 to 17)");
            assertThat(move.to().node().value()).startsWith("y");
        });
    }

    @Test
    void aMoveUnderWayIsNotPlannedAgain() {
        ShardMap map = with(EVEN, 0, EVEN.at(0).preparing(B.host()));
        assertThat(Placement.plan(map, List.of(A, B)).moves()).isEmpty();
        assertThat(Placement.explain(map, List.of(A, B), 0).why()).isEqualTo("shard 0 is on its way from a to b");
    }

    @Test
    void whenTheOwnerOfAMoveUnderWayIsGoneItsTargetOwnsTheShardAtOnce() {
        ShardMap map = with(EVEN, 1, EVEN.at(1).preparing(A.host()));
        Move move = Placement.plan(map, List.of(A)).moves().stream()
                .filter(each -> each.shard() == 1)
                .findFirst()
                .orElseThrow();
        assertThat(move.reason()).isEqualTo(Reason.GONE);
        assertThat(move.next(map.at(1)))
                .isEqualTo(Ownership.NONE.takenBy(B.host()).takenBy(A.host()));
    }

    @Test
    void whenTheTargetOfAMoveUnderWayIsGoneTheOwnerKeepsTheShard() {
        ShardMap map = with(EVEN, 0, EVEN.at(0).preparing(C.host()));
        Move move = only(map, A, B);
        assertThat(move.takesBack()).isTrue();
        assertThat(move.reason()).isEqualTo(Reason.GONE);
        assertThat(move.explain()).isEqualTo("c (run 1) is no member any more; a, which was to give it away, keeps it");
        assertThat(move.next(map.at(0))).isEqualTo(EVEN.at(0));
    }

    @Test
    void whenTheTargetOfAMoveUnderWayIsGoneAndTheOwnerMayNotKeepItAnotherPreparesAndNobodyIsFencedOff() {
        ShardMap map = with(EVEN, 0, EVEN.at(0).preparing(C.host()));
        Move move = Placement.plan(map, List.of(Scene.leaving(A), B)).moves().get(0);
        assertThat(move.reason()).isEqualTo(Reason.LEAVING);
        assertThat(move.next(map.at(0))).isEqualTo(EVEN.at(0).preparing(B.host()));
    }

    @Test
    void aPinToTheOwnerTakesAMoveUnderWayBack() {
        ShardMap map = with(EVEN, 0, EVEN.at(0).preparing(B.host()))
                .withRules(ShardRules.NONE.withPins(Map.of(0, NodeId.of("a"))));
        Move move = only(map, A, B);
        assertThat(move.takesBack()).isTrue();
        assertThat(move.reason()).isEqualTo(Reason.PINNED);
    }

    @Test
    void whilePausedAMoveUnderWayIsTakenBackOnlyWhenItsTargetIsGoneOrLeaves() {
        ShardMap map = with(EVEN, 0, EVEN.at(0).preparing(C.host()))
                .withRules(new ShardRules(true, Map.of(), Set.of(NodeId.of("c")), Set.of()));
        assertThat(Placement.plan(map, List.of(A, B, C)).moves()).isEmpty();
        assertThat(only(map, A, B).takesBack()).isTrue();
        assertThat(only(map, A, B, Scene.leaving(C)).takesBack()).isTrue();
        assertThat(only(map.withRules(map.rules().withPaused(false)), A, B, C).reason())
                .isEqualTo(Reason.BANNED);
    }

    @Test
    void whenNoMemberMayOwnShardsEachIsToldWithTheReasonAndTheRemedy() {
        ShardRules rules = new ShardRules(false, Map.of(), Set.of(NodeId.of("b")), Set.of("ssd"));
        Plan plan = Placement.plan(
                with(EVEN, 0, Ownership.NONE).withRules(rules), List.of(Scene.leaving(A), Scene.labelled(B, "ssd"), C));
        assertThat(plan.moves()).isEmpty();
        assertThat(plan.homeless()).hasSize(8);
        assertThat(plan.homeless().get(0))
                .isEqualTo(
                        new Homeless(
                                0,
                                Reason.NOBODY,
                                "shard 0 of space entities must have another owner (nobody owns it), and no member may own shards: a is leaving, b is banned,"
                                        + " c lacks the labels [ssd] of the required [ssd]; start another node, lift a ban, or give nodes the required labels"));
        assertThat(plan.homeless().get(2).reason()).isEqualTo(Reason.LEAVING);
        assertThat(Placement.plan(EVEN, List.of()).homeless().get(1).explain())
                .endsWith("and no node is a member; start one that can own shards");
    }

    @Test
    void anExplanationShowsScoresBoundsPinsAndWhyAShardStays() {
        List<ShardMember> members = List.of(A, B, C);
        ShardMap map = Scene.settled(256, members);
        for (int shard = 0; shard < 256; shard++) {
            Explanation found = Placement.explain(map, members, shard);
            assertThat(found.ranks()).extracting(rank -> -rank.score()).isSorted();
            assertThat(found.planned()).isEmpty();
            assertThat(found.why())
                    .matches("shard \\d+ stays with [abc] \\(\\d+ shards of 82 to 89\\), within bounds; .*");
        }
        ShardMap pinned = EVEN.withRules(ShardRules.NONE.withPins(Map.of(0, NodeId.of("a"), 1, NodeId.of("z"))));
        assertThat(Placement.explain(pinned, List.of(A, B), 0).why())
                .isEqualTo("shard 0 is with a, where it is pinned");
        assertThat(Placement.explain(pinned, List.of(A, B), 1).why())
                .endsWith(
                        ". Its pin to z has no effect: that node is no member, or may not own shards; remove the pin or bring the node back");
        ShardMap paused = EVEN.withRules(new ShardRules(true, Map.of(), Set.of(NodeId.of("a")), Set.of()));
        assertThat(Placement.explain(paused, List.of(A, B), 0).why())
                .isEqualTo("shard 0 stays with a although a is banned: moves are paused; resume them");
        assertThat(Placement.explain(with(EVEN, 0, Ownership.NONE), List.of(A, B), 0)
                        .why())
                .isEqualTo("shard 0 shall go to a (NOBODY): nobody owns it");
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> Placement.explain(EVEN, List.of(A), 8))
                .hasMessage("shard (8) of space entities must be between 0 and 7; /admin/shards shows them all");
        assertThatThrownBy(() -> Placement.plan(EVEN, List.of(A, A)))
                .hasMessage("member a (run 1) is named twice; name each process once");
    }
}
