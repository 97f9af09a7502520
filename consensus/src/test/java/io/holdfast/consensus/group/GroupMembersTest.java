package io.holdfast.consensus.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.group.GroupRequest.OpenFailed;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;

class GroupMembersTest {
    private static final Opening FOUND = new Opening.Found(List.of(peer("n1"), peer("n2"), peer("n3")));
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

    /** It may have voted as the peer that it founds the group as, and that vote may be what is damaged. */
    @Test
    void aFounderWhoseStorageIsDamagedBeforeItsFoundingEndedIsNeverFoundedAgain() {
        for (long seed = 0; seed < 20; seed++) {
            GroupWorld world = GroupWorld.of(seed, 4, 3);
            world.await("n1 is to found", () -> opens(world, "n1").contains(FOUND), SOON);
            world.world.node("n1").crashAtNextWrite();
            world.await("it has voted, and nobody wrote that", () -> !world.isUp(NodeId.of("n1")), SOON);
            assertThat(world.hasStorage("n1")).isTrue();
            world.restartWithDamage("n1");
            world.await(
                    "n1 votes anew",
                    () -> world.settled(3) && !world.model.decided().contains(peer("n1")),
                    SOON);
            assertThat(opens(world, "n1").stream().filter(Opening.Found.class::isInstance))
                    .as("seed %d", seed)
                    .hasSize(1);
        }
    }

    private static List<Opening> opens(GroupWorld world, String node) {
        return world.world.published().stream()
                .filter(p -> p.node().equals(node) && p.event() instanceof GroupEvent.Open)
                .map(p -> ((GroupEvent.Open) p.event()).opening())
                .toList();
    }

    @Test
    void damagedStorageIsSetAsideOnlyOnceItsIdentityIsRetired() {
        for (long seed = 0; seed < 20; seed++) {
            GroupWorld world = settled(seed, 4, 3);
            world.restartWithDamage("n2");
            world.world.node("n2").crashAtNextWrite();
            world.await("it crashes at the write", () -> !world.isUp(NodeId.of("n2")), SOON);
            assertThat(world.hasStorage("n2")).isTrue();
            world.restart("n2");
            world.await(
                    "three vote",
                    () -> world.settled(3) && !world.model.decided().contains(peer("n2")),
                    SOON);
        }
    }

    @Test
    void aReplicaWhoseStorageIsOfANewerBuildIsNotOpenedAgain() {
        NodeId node = NodeId.of("n1");
        GroupMembers members = new GroupMembers(
                GroupWorld.GROUP,
                node,
                GroupWorld.CONFIG,
                Optional.empty(),
                OpenFailed.Storage.NONE,
                false,
                new SplittableRandom(1));
        Outbox<GroupMessage, GroupTimer, GroupEvent> out = new Outbox<>();
        members.onRequest(new GroupRequest.InCluster("c1", List.of(node)), 0, out);
        out.clear();
        members.onRequest(
                new OpenFailed(peer("n1"), "NEEDS_UPGRADE: snapshot file s has version 2", OpenFailed.Storage.USABLE),
                1,
                out);
        assertThat(out.events())
                .containsExactly(new GroupEvent.Refused("NEEDS_UPGRADE: snapshot file s has version 2"));
        out.clear();
        members.onTimer(new GroupTimer.Again(), 2, out);
        assertThat(out.events()).isEmpty();
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
    void aReplicaThatStopsIsOpenedAgainAfterLongerAndLongerPauses() {
        GroupWorld world = settled(20, 3, 3);
        String victim = nodes(world).get(1);
        world.failReplica(victim, "its log cannot be written", 4);
        Duration took = world.await("it runs again", () -> world.settled(3), SOON);
        long interval = GroupWorld.CONFIG.interval().toMillis();
        assertThat(took.toMillis()).isBetween((1 + 2 + 4 + 8 + 16) * interval, (1 + 2 + 4 + 8 + 16) * interval + 1000);
        assertThat(world.model.decided()).isEmpty(); // the same peer, no change of voters
    }

    @Test
    void aReplicaThatRanWellForLongIsOpenedAgainAtOnce() {
        GroupWorld world = settled(21, 3, 3);
        String victim = nodes(world).get(1);
        world.failReplica(victim, "its log cannot be written", 4);
        world.await("it runs again", () -> world.settled(3), SOON);
        world.world.advance(Duration.ofMinutes(1));
        world.failReplica(victim, "its log cannot be written", 0);
        Duration took = world.await("it runs again", () -> world.settled(3), SOON);
        assertThat(took).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aReplicaThatNeedsAnUpgradeIsNotOpenedAgain() {
        GroupWorld world = settled(22, 3, 3);
        world.failReplica("n2", "NEEDS_UPGRADE: operation 9", 0);
        world.world.advance(Duration.ofMinutes(2));
        assertThat(world.refused).containsExactly("n2: NEEDS_UPGRADE: operation 9");
        assertThat(world.settled(3)).isFalse();
    }

    /** Its node lives all the while, so nothing else would take its seat. */
    @Test
    void aVoterWhoseReplicaNeverComesBackIsReplacedAfterTheGrace() {
        GroupWorld world = settled(24, 4, 3);
        String victim = nodes(world).get(1);
        world.failReplica(victim, "its disk is full", 1000);
        world.world.advance(GroupWorld.CONFIG.replaceAfter().minus(Duration.ofMillis(500)));
        assertThat(world.model.decided()).isEmpty();
        world.await("n4 votes", () -> world.settled(3) && nodes(world).contains("n4"), SOON);
        assertThat(nodes(world)).doesNotContain(victim);
    }

    @Test
    void aVoterThatNeedsAnUpgradeIsReplacedAfterTheGrace() {
        GroupWorld world = settled(25, 4, 3);
        String victim = nodes(world).get(1);
        world.failReplica(victim, "NEEDS_UPGRADE: operation 9", 0);
        world.await("n4 votes", () -> world.settled(3) && nodes(world).contains("n4"), SOON);
        assertThat(nodes(world)).doesNotContain(victim);
    }

    @Test
    void aVoterWhoseReplicaFailsKeepsItsSeatWhileNobodyIsThereToTakeIt() {
        GroupWorld world = settled(26, 3, 3);
        String victim = nodes(world).get(1);
        world.failReplica(victim, "its disk is full", 6);
        world.world.advance(Duration.ofSeconds(10));
        assertThat(nodes(world)).contains(victim);
        world.await("it is back", () -> world.settled(3), Duration.ofSeconds(60));
        assertThat(world.model.decided()).isEmpty();
    }

    /** Three that fail now and then, each mended in less than the grace, are three voters. */
    @Test
    void aVoterWhoseReplicaComesBackInTimeKeepsItsSeatHoweverOftenItFails() {
        GroupWorld world = settled(27, 4, 3);
        List<String> before = nodes(world);
        for (int i = 0; i < 12; i++) {
            world.failReplica(before.get(i % 3), "a fault", 0);
            world.await("it is back", () -> world.settled(3), SOON);
            world.world.advance(Duration.ofSeconds(5));
        }
        assertThat(nodes(world)).isEqualTo(before);
    }

    /** Replicas of living nodes fail for as long as they like; two at once are a lost majority, and nobody is replaced then. */
    @Property(tries = 150)
    void failingReplicasAreReplacedAndNeverBelowASafeMajority(@ForAll long seed) {
        GroupWorld world = settled(seed, 5, 3);
        var random = world.world.faults();
        for (int i = 0; i < 6; i++) {
            String victim = nodes(world).get(random.nextInt(3));
            world.failReplica(victim, "a fault", random.nextInt(12));
            if (random.nextInt(3) == 0) {
                world.failReplica("n" + (1 + random.nextInt(5)), "another", random.nextInt(8));
            }
            if (random.nextInt(3) == 0) {
                world.kill("n" + (1 + random.nextInt(5)));
            }
            world.world.advance(Duration.ofMillis(random.nextInt(8000)));
            world.heal();
            world.await("three vote", () -> world.settled(3), Duration.ofSeconds(120));
        }
        int before = world.model.commits;
        world.await("it goes on", () -> world.model.commits > before, Duration.ofSeconds(10));
    }

    @Test
    void aFounderWhoseDiskCannotBeLookedAtFoundsOnceItCan() {
        GroupWorld world = GroupWorld.of(28, 1, 1);
        world.cannotLookAt("n1");
        world.failOpenings("n1", 3);
        world.await("leads", () -> world.settled(1), SOON);
        assertThat(world.leader().orElseThrow().self()).isEqualTo(peer("n1"));
    }

    @Test
    void storageThatCannotBeSetAsideIsSetAsideLater() {
        GroupWorld world = settled(29, 3, 3);
        world.failOpenings("n3", 3);
        world.restartWithoutStorage("n3");
        world.await(
                "n3 votes anew",
                () -> world.settled(3)
                        && !world.model.decided().contains(peer("n3"))
                        && nodes(world).contains("n3"),
                Duration.ofSeconds(60));
        assertThat(world.world.node("n3").published())
                .filteredOn(p -> p.event() instanceof GroupEvent.SetAside)
                .hasSizeGreaterThan(3);
    }

    /** The loop drops a turn whose write fails; a full disk must not leave the node waiting for ever. */
    @Test
    void whatCouldNotBeWrittenIsWrittenAndAskedForAgain() {
        NodeId node = NodeId.of("n1");
        GroupMembers members = new GroupMembers(
                GroupWorld.GROUP,
                node,
                GroupWorld.CONFIG,
                Optional.empty(),
                OpenFailed.Storage.NONE,
                false,
                new SplittableRandom(1));
        Outbox<GroupMessage, GroupTimer, GroupEvent> out = new Outbox<>();
        members.onRequest(new GroupRequest.InCluster("c1", List.of(node)), 0, out);
        GroupEvent open = out.events().get(out.events().size() - 1);
        byte[] identity = out.writes().get(0).value();
        assertThat(open).isInstanceOf(GroupEvent.Open.class);
        out.clear();
        members.onTimer(new GroupTimer.Tick(), 1, out);
        assertThat(out.writes()).isEmpty();
        members.onRequest(new GroupRequest.NotWritten(), 2, out);
        out.clear();
        members.onTimer(new GroupTimer.Tick(), 3, out);
        assertThat(out.writes()).hasSize(1);
        assertThat(out.writes().get(0).value()).isEqualTo(identity);
        assertThat(out.events()).containsExactly(open);
    }

    @Test
    void aFounderWhoseFirstOpeningFailsFoundsAfterAll() {
        GroupWorld world = GroupWorld.of(23, 3, 3);
        world.failOpenings("n1", 2);
        world.failOpenings("n3", 1);
        world.await("settled", () -> world.settled(3), SOON);
        assertThat(nodes(world)).containsExactly("n1", "n2", "n3");
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
        world.world.advance(Duration.ofSeconds(5));
        assertThat(world.refused)
                .singleElement()
                .asString()
                .contains("founded by [n1, n2, n3]")
                .contains("start this node alone");
    }

    /** Whatever moment a crash hits, a restoration is gone on with, and never becomes a group that begins empty. */
    @Property(tries = 100)
    void aRestorationThatCrashedIsGoneOnWithOrRefused(@ForAll long seed) {
        GroupWorld world = GroupWorld.of(seed, 1, 1);
        world.restoring.add("n1");
        world.world.advance(Duration.ofMillis(world.world.faults().nextInt(600)));
        world.world.node("n1").crashAtNextWrite();
        world.world.advance(Duration.ofMillis(world.world.faults().nextInt(600)));
        world.restoring.remove("n1");
        world.restart("n1");
        world.world.advance(Duration.ofSeconds(2));
        assertThat(world.refused).allMatch(refusal -> refusal.contains("start it with the backup again"));
        world.refused.clear();
        world.restoring.add("n1");
        world.restart("n1");
        world.await("leads", () -> world.leader().isPresent(), SOON);
        assertThat(world.refused).isEmpty();
    }

    @Test
    void aStoppedLeaderIsFollowedAsSoonAsAMajorityHasHeardNothingOfIt() {
        for (long seed = 0; seed < 10; seed++) {
            GroupWorld world = settled(seed, 3, 3);
            world.world.advance(Duration.ofSeconds(1));
            var before = world.leader().orElseThrow();
            world.world.node(before.self().node().value()).pause();
            Duration took = world.await(
                    "another leads", () -> world.leader().orElseThrow().term() > before.term(), Duration.ofSeconds(5));
            assertThat(took).as("seed %d", seed).isLessThan(Duration.ofMillis(250));
        }
    }

    @Test
    void aLeaderThatIsSilentButAnswersStays() {
        GroupWorld world = settled(16, 3, 3);
        var before = world.leader().orElseThrow();
        for (int i = 0; i < 20; i++) {
            world.world.live().forEach(node -> node.request(new GroupRequest.LeaderSilent()));
            world.world.advance(Duration.ofMillis(60));
        }
        assertThat(world.leader().orElseThrow().term()).isEqualTo(before.term());
    }

    /** A bridge: nobody but it can be elected, and the leader that the others have lost answers it. */
    @Test
    void whoStillHearsALeaderThatAMajorityHasLostFollowsItAtOnceIfNobodyElseCan() {
        for (long seed = 0; seed < 10; seed++) {
            GroupWorld world = new GroupWorld(seed, 5, 5, GroupWorld.CONFIG.withVoters(5), Map.of());
            world.await("settled", () -> world.settled(5), SOON);
            world.world.advance(Duration.ofSeconds(1));
            var before = world.leader().orElseThrow();
            String bridge = nodes(world).stream()
                    .filter(node -> !node.equals(before.self().node().value()))
                    .findFirst()
                    .orElseThrow();
            for (String one : nodes(world)) {
                for (String other : nodes(world)) {
                    if (!one.equals(other) && !one.equals(bridge) && !other.equals(bridge)) {
                        world.cutOneWay(one, other);
                    }
                }
            }
            Duration took = world.await(
                    "the bridge leads",
                    () -> world.leader()
                            .filter(leader -> leader.term() > before.term())
                            .isPresent(),
                    Duration.ofSeconds(5));
            assertThat(world.leader().orElseThrow().self().node()).isEqualTo(NodeId.of(bridge));
            assertThat(took).as("seed %d", seed).isLessThan(Duration.ofMillis(250));
        }
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
            switch (random.nextInt(9)) {
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
                        switch (random.nextInt(3)) {
                            case 0 -> world.restartEmpty(name);
                            case 1 -> world.restartWithDamage(name);
                            default -> world.restartWithoutStorage(name);
                        }
                    }
                }
                case 7 -> world.failReplica(name, "a fault", random.nextInt(3));
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
        assertThat(world.refused).isEmpty();
    }
}
