package io.holdfast.sharding.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/** What must hold of every plan; each property is checked against {@link PlacementOracle}, which knows nothing of the planner. */
class PlacementProperties {
    private static final int SIZE = 256;

    @Property(tries = 120, shrinking = ShrinkingMode.OFF)
    void afterAPlanAllLoadsAreEvenAndAllRulesObeyedWhateverWasBefore(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int nodes) {
        check(seed, nodes, SIZE);
    }

    @Property(tries = 10, shrinking = ShrinkingMode.OFF)
    void soItIsWithAThousandShards(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int nodes) {
        check(seed, nodes, 1024);
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void soItIsWithFewerShardsThanNodes(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int nodes) {
        check(seed, nodes, 8);
    }

    private static void check(long seed, int nodes, int shards) {
        Random random = new Random(seed);
        List<ShardMember> members = Scene.anyMembers(random, nodes);
        ShardMap map = Scene.anyMap(random, shards, members).withRules(Scene.anyRules(random, shards, nodes));
        PlacementOracle oracle = new PlacementOracle(map, members);
        Plan plan = Placement.plan(map, members);
        if (!oracle.anybodyFit()) {
            assertThat(plan.moves()).isEmpty();
            assertThat(plan.homeless()).hasSize(shards);
            return;
        }
        ShardMap after = Scene.made(map, plan);
        assertThat(oracle.broken(after)).isEmpty();
        assertThat(plan.homeless()).isEmpty();
        assertThat(Placement.plan(after, members).moves()).as("a second plan").isEmpty();
        assertThat(plan.moves()).as("each shard moves once").hasSize((int) PlacementOracle.changed(map, after));
    }

    @Property(tries = 250, shrinking = ShrinkingMode.OFF)
    void noEvenLayoutNeedsFewerMoves(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int nodes) {
        Random random = new Random(seed);
        List<ShardMember> members = Scene.anyMembers(random, nodes);
        int shards = 8 << random.nextInt(3);
        ShardMap map = Scene.anyMap(random, shards, members).withRules(Scene.anyRules(random, shards, nodes));
        PlacementOracle oracle = new PlacementOracle(map, members);
        if (oracle.anybodyFit()) {
            assertThat(Placement.plan(map, members).moves()).hasSize((int) oracle.fewestChanges());
        }
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void aNodeThatJoinsGetsItsShareAndNothingMovesBetweenTheOthers(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int nodes) {
        int shards = nodes % 2 == 0 ? SIZE : 1024;
        List<ShardMember> members = Scene.equals(nodes);
        ShardMap map = history(new Random(seed), shards, members);
        ShardMember joins = Scene.member("new");
        members.add(joins);
        Plan plan = Placement.plan(map, members);
        assertThat(plan.moves()).allSatisfy(move -> {
            assertThat(move.to()).isEqualTo(joins.host());
            assertThat(move.reason()).isEqualTo(Reason.BALANCE);
            assertThat(move.explain()).contains(" of " + shards + " shards, its share is ");
        });
        double share = (double) shards / (nodes + 1);
        assertThat(plan.moves().size()).isLessThanOrEqualTo((int) (share + 0.05 * shards));
        assertThat(new PlacementOracle(map, members).broken(Scene.made(map, plan)))
                .isEmpty();
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void whenANodeLeavesOrDiesItsShardsMoveAndHardlyAnyOther(
            @ForAll long seed, @ForAll boolean dies, @ForAll @IntRange(min = 2, max = 20) int nodes) {
        int shards = nodes % 2 == 0 ? SIZE : 1024;
        Random random = new Random(seed);
        List<ShardMember> members = Scene.equals(nodes);
        ShardMap map = history(random, shards, members);
        ShardMember lost = members.remove(random.nextInt(nodes));
        if (!dies) {
            members.add(Scene.leaving(lost));
        }
        Plan plan = Placement.plan(map, members);
        long its = map.shards().stream()
                .filter(shard -> shard.owner().filter(lost.host()::equals).isPresent())
                .count();
        assertThat(plan.moves().stream()
                        .filter(move -> move.reason() == (dies ? Reason.GONE : Reason.LEAVING))
                        .count())
                .isEqualTo(its);
        assertThat(plan.moves().size() - its).isLessThanOrEqualTo((long) (0.05 * shards));
    }

    /** A settled map that has seen nodes come and go. */
    private static ShardMap history(Random random, int shards, List<ShardMember> members) {
        ShardMap map = ShardMap.empty("entities", shards);
        for (int i = random.nextInt(4); i > 0; i--) {
            List<ShardMember> some = new ArrayList<>(members);
            some.removeIf(member -> random.nextInt(3) == 0);
            some.add(Scene.member("passing" + i));
            map = Scene.settled(map, some);
        }
        return Scene.settled(map, members);
    }

    @Property(tries = 50, shrinking = ShrinkingMode.OFF)
    void aPlanMadeInSmallStepsAndPlannedAnewAfterEachHasAsManyMoves(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int nodes) {
        Random random = new Random(seed);
        List<ShardMember> members = Scene.anyMembers(random, nodes);
        ShardMap map = Scene.anyMap(random, 64, members).withRules(Scene.anyRules(random, 64, nodes));
        Plan first = Placement.plan(map, members);
        ShardMap now = map;
        int moves = 0;
        for (Plan plan = first; !plan.moves().isEmpty(); plan = Placement.plan(now, members)) {
            List<Move> next = plan.moves().subList(0, Math.min(plan.moves().size(), 1 + random.nextInt(6)));
            moves += next.size();
            now = Scene.begun(now, next);
            assertThat(moves).isLessThanOrEqualTo(first.moves().size());
            if (random.nextBoolean()) {
                now = Scene.arrived(now);
            }
        }
        assertThat(moves).isEqualTo(first.moves().size());
        if (!first.moves().isEmpty()) {
            assertThat(new PlacementOracle(map, members).broken(Scene.arrived(now)))
                    .isEmpty();
        }
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void movesUnderWayEndWhereverTheirHostsGo(@ForAll long seed, @ForAll @IntRange(min = 2, max = 12) int nodes) {
        Random random = new Random(seed);
        List<ShardMember> members = Scene.anyMembers(random, nodes);
        ShardMap map = Scene.anyMap(random, 64, members);
        map = Scene.begun(map, Placement.plan(map, members).moves());
        members.remove(random.nextInt(nodes));
        map = map.withRules(Scene.anyRules(random, 64, nodes));
        PlacementOracle oracle = new PlacementOracle(map, members);
        if (!oracle.anybodyFit()) {
            return;
        }
        for (int turn = 0; turn < 3; turn++) {
            map = Scene.made(map, Placement.plan(map, members));
        }
        assertThat(oracle.broken(map)).isEmpty();
        assertThat(Placement.plan(map, members).moves()).isEmpty();
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void theOrderOfTheMembersChangesNothing(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int nodes) {
        Random random = new Random(seed);
        List<ShardMember> members = Scene.anyMembers(random, nodes);
        ShardMap map = Scene.anyMap(random, SIZE, members).withRules(Scene.anyRules(random, SIZE, nodes));
        Plan plan = Placement.plan(map, members);
        Collections.shuffle(members, random);
        assertThat(Placement.plan(map, members)).isEqualTo(plan);
    }

    @Property(tries = 80, shrinking = ShrinkingMode.OFF)
    void whilePausedNothingMovesThatIsServedByANodeThatStays(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int nodes) {
        Random random = new Random(seed);
        List<ShardMember> members = Scene.anyMembers(random, nodes);
        ShardMap map = Scene.anyMap(random, 64, members)
                .withRules(Scene.anyRules(random, 64, nodes).withPaused(true));
        Plan plan = Placement.plan(map, members);
        List<Host> served = members.stream()
                .filter(member -> !member.leaving())
                .map(ShardMember::host)
                .toList();
        for (int shard = 0; shard < 64; shard++) {
            int its = shard;
            boolean stays = map.at(shard).owner().filter(served::contains).isPresent();
            boolean moves = plan.moves().stream().anyMatch(move -> move.shard() == its);
            boolean homeless = plan.homeless().stream().anyMatch(lost -> lost.shard() == its);
            assertThat(moves || homeless).isEqualTo(!stays);
        }
        assertThat(Placement.plan(Scene.made(map, plan), members).moves()).isEmpty();
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void everyShardOfEveryMapIsExplained(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int nodes) {
        Random random = new Random(seed);
        List<ShardMember> members = Scene.anyMembers(random, nodes);
        ShardMap map = Scene.anyMap(random, 32, members)
                .withRules(Scene.anyRules(random, 32, nodes).withPaused(random.nextBoolean()));
        for (int turn = 0; turn < 2; turn++) {
            for (int shard = 0; shard < 32; shard++) {
                Explanation found = Placement.explain(map, members, shard);
                assertThat(found.why()).startsWith("shard " + shard + " ");
                assertThat(found.ranks()).hasSize(nodes);
            }
            map = Scene.begun(map, Placement.plan(map, members).moves());
        }
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void aFreshSpaceIsSpreadAsRendezvousLikes(@ForAll long seed) {
        List<ShardMember> members = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            members.add(new ShardMember(
                    new Host(NodeId.of("x" + Math.abs(seed % 1000) + "-" + i), seed), "", 100, Set.of(), false));
        }
        ShardMap map = Scene.settled(1024, members);
        Rendezvous rendezvous = new Rendezvous("entities");
        double[] best = new double[1024];
        double[] own = new double[1024];
        long liked = 0;
        for (ShardMember member : members) {
            double[] scores = rendezvous.scores(member.host().node(), 100, 1024);
            for (int shard = 0; shard < 1024; shard++) {
                best[shard] = Math.max(best[shard], scores[shard]);
                own[shard] = map.at(shard).owner().orElseThrow().equals(member.host()) ? scores[shard] : own[shard];
            }
        }
        for (int shard = 0; shard < 1024; shard++) {
            liked += best[shard] == own[shard] ? 1 : 0;
        }
        assertThat(liked).as("shards with the node of the highest score").isGreaterThan(850);
    }
}
