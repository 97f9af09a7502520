package io.holdfast.consensus.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.core.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;

class GroupMembersTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static List<String> nodes(GroupWorld world) {
        return world.leader().orElseThrow().voters().current().stream()
                .map(peer -> peer.node().value())
                .toList();
    }

    private static GroupWorld settled(long seed, int nodes, int founders) {
        GroupWorld world = GroupWorld.of(seed, nodes, founders);
        world.await("settled", () -> world.settled(Math.min(3, founders)), SOON);
        return world;
    }

    @Test
    void foundersFoundTheGroupAndNobodyElseVotes() {
        GroupWorld world = settled(1, 4, 3);
        world.world.advance(Duration.ofSeconds(20));
        assertThat(world.leader().orElseThrow().voters().current()).containsExactly(peer("n1"), peer("n2"), peer("n3"));
    }

    private static PeerId peer(String node) {
        return new PeerId(NodeId.of(node), 0);
    }

    @Test
    void ofManyFoundersAsManyVoteAsShall() {
        GroupWorld world = settled(2, 6, 6);
        assertThat(world.settled(3)).isTrue();
        assertThat(world.world.published()).noneMatch(p -> p.event() instanceof GroupEvent.ChangeVoters);
    }

    @Test
    void aLoneNodeGrowsToThreeAndNotToTwo() {
        GroupWorld world = settled(3, 3, 1);
        world.await("grows to three", () -> world.settled(3), SOON);
        GroupWorld two = settled(3, 2, 1);
        two.world.advance(Duration.ofSeconds(20));
        assertThat(nodes(two)).containsExactly("n1");
    }

    @Test
    void votersGrowToFiveIfFiveShallVote() {
        GroupWorld world = new GroupWorld(4, 7, 1, GroupWorld.CONFIG.withVoters(5), Map.of());
        world.await("five vote", () -> world.settled(5), SOON);
    }

    @Test
    void aDeadVoterIsReplacedByALiveNodeButNotBeforeTheGraceIsOver() {
        GroupWorld world = settled(5, 4, 3);
        String victim = nodes(world).get(1);
        world.kill(victim);
        world.world.advance(Duration.ofSeconds(5));
        assertThat(world.model.decided()).isEmpty();
        world.await("n4 votes", () -> world.settled(3) && nodes(world).contains("n4"), SOON);
        assertThat(nodes(world)).doesNotContain(victim);
    }

    @Test
    void aReplacedVoterThatReturnsSetsItsStorageAsideAndOffersItself() {
        GroupWorld world = settled(6, 4, 3);
        String victim = nodes(world).get(0);
        world.kill(victim);
        world.await("n4 votes", () -> world.settled(3) && nodes(world).contains("n4"), SOON);
        world.restart(victim);
        world.await(
                "its storage is set aside",
                () -> world.world.node(victim).published().stream()
                        .anyMatch(p -> p.event() instanceof GroupEvent.SetAside),
                SOON);
        world.kill("n4");
        world.await("it votes again", () -> world.settled(3) && nodes(world).contains(victim), SOON);
        assertThat(world.model.decided()).noneMatch(peer(victim)::equals);
    }

    @Test
    void anEmptyDiskReturnsAsAnotherPeerAndTakesItsOldSeatAtOnce() {
        GroupWorld world = settled(7, 3, 3);
        world.restartEmpty("n2");
        Duration took = world.await(
                "n2 votes anew",
                () -> world.settled(3)
                        && world.leader().orElseThrow().voters().current().stream()
                                .anyMatch(peer -> peer.node().value().equals("n2") && peer.incarnation() != 0),
                SOON);
        assertThat(took).isLessThan(GroupWorld.CONFIG.replaceAfter());
    }

    @Test
    void lostStorageWithItsIdentityStillThereIsNeverFoundedAgain() {
        GroupWorld world = settled(8, 3, 3);
        world.restartWithoutStorage("n3");
        world.await(
                "n3 votes anew",
                () -> world.settled(3)
                        && !world.model.decided().contains(peer("n3"))
                        && nodes(world).contains("n3"),
                SOON);
    }

    @Test
    void allNodesAtOnceRestartWithoutAChange() {
        GroupWorld world = settled(9, 5, 3);
        List<String> before = nodes(world);
        world.world.nodes().forEach(node -> world.kill(node.id().value()));
        world.world.advance(Duration.ofSeconds(60));
        world.world.nodes().forEach(node -> node.restart());
        world.await("settled", () -> world.settled(3), SOON);
        world.world.advance(Duration.ofSeconds(10));
        assertThat(nodes(world)).isEqualTo(before);
    }

    @Test
    void aNodeThatLeavesGivesItsSeatToAnotherFirst() {
        GroupWorld world = settled(10, 4, 3);
        String leader = world.leader().orElseThrow().self().node().value();
        world.world.node(leader).request(new GroupRequest.Leave());
        Duration took = world.await("it may go", () -> world.released(leader), SOON);
        assertThat(nodes(world)).contains("n4").doesNotContain(leader);
        assertThat(took).isLessThan(GroupWorld.CONFIG.leaveLimit());
    }

    @Test
    void aNodeThatLeavesThreeKeepsItsSeatForItsReturn() {
        GroupWorld world = settled(11, 3, 3);
        String leader = world.leader().orElseThrow().self().node().value();
        world.world.node(leader).request(new GroupRequest.Leave());
        world.await("it may go", () -> world.released(leader), SOON);
        assertThat(nodes(world)).contains(leader);
        assertThat(world.leader().orElseThrow().self().node().value()).isNotEqualTo(leader);
    }

    @Test
    void theOnlyVoterHandsItsSeatOnBeforeItLeaves() {
        GroupWorld world = settled(12, 2, 1);
        world.world.node("n1").request(new GroupRequest.Leave());
        world.await("it may go", () -> world.released("n1"), SOON);
        world.kill("n1");
        world.await("n2 votes alone", () -> world.settled(1) && nodes(world).equals(List.of("n2")), SOON);
    }

    @Test
    void votersSpreadOverZones() {
        Map<String, String> zones = Map.of("n1", "a", "n2", "a", "n3", "a", "n4", "b", "n5", "c");
        GroupWorld world = new GroupWorld(13, 5, 3, GroupWorld.CONFIG, zones);
        world.await(
                "one voter a zone",
                () -> world.settled(3)
                        && nodes(world).stream().map(zones::get).distinct().count() == 3,
                SOON);
    }

    @Test
    void aKilledLeaderIsFollowedBeforeTheElectionTimeout() {
        for (long seed = 0; seed < 10; seed++) {
            GroupWorld world = settled(seed, 3, 3);
            world.world.advance(Duration.ofSeconds(1));
            String leader = world.leader().orElseThrow().self().node().value();
            world.kill(leader);
            Duration took = world.await("another leads", () -> world.leader().isPresent(), Duration.ofSeconds(5));
            assertThat(took).isLessThan(Duration.ofMillis(200));
        }
    }

    @Test
    void aBackupIsRestoredByALoneFounderAndTheOthersJoinIt() {
        GroupWorld world = GroupWorld.of(20, 3, 1);
        world.restoring.add("n1");
        world.await("grows to three", () -> world.settled(3), SOON);
        assertThat(world.world.published())
                .as("nobody else founds")
                .filteredOn(p -> p.event() instanceof GroupEvent.Open)
                .extracting(p -> ((GroupEvent.Open) p.event()).opening())
                .filteredOn(opening -> !(opening instanceof Opening.Join))
                .containsExactly(new Opening.Seeded());
    }

    @Test
    void aBackupIsNotRestoredIntoAClusterThatOthersFoundToo() {
        GroupWorld world = GroupWorld.of(21, 3, 3);
        world.restoring.add("n1");
        world.refusals.put("n1", "");
        world.world.advance(Duration.ofSeconds(5));
        assertThat(world.refusals.get("n1")).contains("founded by [n1, n2, n3]").contains("start this node alone");
    }

    /** Whatever moment a crash hits, a restoration is gone on with, and never becomes a group that begins empty. */
    @Property(tries = 100)
    void aRestorationThatCrashedIsGoneOnWithOrRefused(@ForAll long seed) {
        GroupWorld world = GroupWorld.of(seed, 1, 1);
        world.restoring.add("n1");
        world.refusals.put("n1", "");
        world.world.advance(Duration.ofMillis(world.world.faults().nextInt(600)));
        world.world.node("n1").crashAtNextWrite();
        world.world.advance(Duration.ofMillis(world.world.faults().nextInt(600)));
        world.restoring.remove("n1");
        world.restart("n1");
        world.world.advance(Duration.ofSeconds(2));
        String refusal = world.refusals.get("n1");
        world.refusals.put("n1", "");
        world.restoring.add("n1");
        world.restart("n1");
        world.await("leads", () -> world.leader().isPresent(), SOON);
        assertThat(world.refusals.get("n1")).isEmpty();
        assertThat(refusal)
                .satisfiesAnyOf(
                        text -> assertThat(text).isEmpty(),
                        text -> assertThat(text).contains("start it with the backup again"));
    }

    @Test
    void aMereBrokenConnectionDeposesNobody() {
        GroupWorld world = settled(15, 3, 3);
        var before = world.leader().orElseThrow();
        for (String other : nodes(world)) {
            if (!other.equals(before.self().node().value())) {
                world.world.network().reset(before.self().node().value(), other);
            }
        }
        world.world.advance(Duration.ofSeconds(2));
        assertThat(world.leader().orElseThrow().term()).isEqualTo(before.term());
    }

    @Property(tries = 30)
    void neverTwoMajoritiesAndInTheEndAllSeatsAreTaken(@ForAll long seed) {
        faults(seed, 5, 25);
    }

    @Property(tries = 2000)
    @Tag("slow")
    void neverTwoMajoritiesOverManySeeds(@ForAll long seed) {
        faults(seed, 5, 40);
    }

    /** At most one disk is lost between two rests: more than that no protocol with three voters survives. */
    static void faults(long seed, int nodes, int count) {
        GroupWorld world = GroupWorld.of(seed, nodes, 3);
        world.world.advance(Duration.ofSeconds(2));
        var random = world.world.faults();
        boolean mayLose = true;
        for (int i = 0; i < count; i++) {
            String name = "n" + (1 + random.nextInt(nodes));
            String other = "n" + (1 + random.nextInt(nodes));
            switch (random.nextInt(8)) {
                case 0 -> world.kill(name);
                case 1 -> world.restart(name);
                case 2 -> world.world.node(name).crashAtNextWrite();
                case 3 -> world.world.node(name).pause();
                case 4 -> world.world.node(name).resume();
                case 5 -> {
                    if (!name.equals(other)) {
                        world.cut(name, other);
                    }
                }
                case 6 -> {
                    if (mayLose && world.settled(3)) {
                        mayLose = false;
                        if (random.nextBoolean()) {
                            world.restartEmpty(name);
                        } else {
                            world.restartWithoutStorage(name);
                        }
                    }
                }
                default -> {
                    world.heal();
                    if (random.nextBoolean()) {
                        world.await("settled in between", () -> world.settled(3), Duration.ofSeconds(120));
                        mayLose = true;
                    }
                }
            }
            world.world.advance(Duration.ofMillis(100 + random.nextInt(2500)));
        }
        world.heal();
        world.world.advance(Duration.ofSeconds(2));
        world.heal();
        world.await("three vote", () -> world.settled(3), Duration.ofSeconds(120));
        int before = world.model.commits;
        world.await("it goes on", () -> world.model.commits > before, Duration.ofSeconds(10));
    }
}
