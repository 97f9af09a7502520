package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.config.DataSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Voters come and go, leaders hand over. */
@Timeout(120)
class MembersTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private static List<PeerId> peers(Object... namesAndIncarnations) {
        return Arrays.stream(namesAndIncarnations)
                .map(text -> PeerId.parse(text.toString()))
                .toList();
    }

    private static void change(Group.Member leader, List<PeerId> from, List<PeerId> to) {
        leader.replica
                .changeVoters(from, to, LIMIT)
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    private static void isRunning(Group.Member member) {
        Group.until(
                member.node + " runs",
                () -> member.replica.status().role() == RaftRole.FOLLOWER
                        || member.replica.status().role() == RaftRole.LEADER);
    }

    /** F9 and F12 as well: each joins as a new peer, runs, and can vote. */
    @Test
    void aLoneVoterGrowsToThreeAndSurvivesTheLossOfItself() {
        try (Group group = new Group(directory, Group.quick()).found("a")) {
            List<String> entries = new ArrayList<>();
            Group.Member a = group.leader();
            for (int i = 0; i < 20; i++) {
                Group.append(a, "e" + i);
                entries.add("e" + i);
            }
            isRunning(a);
            Group.Member b = group.join("b", 11);
            assertThat(b.replica.status().role()).isEqualTo(RaftRole.STARTING);
            change(a, peers("a#0"), peers("a#0", "b#b"));
            isRunning(b);
            Group.Member c = group.join("c", 12);
            change(a, peers("a#0", "b#b"), peers("a#0", "b#b", "c#c"));
            isRunning(c);
            group.everybodyHas(entries);
            assertThat(a.replica.status().voters().current()).isEqualTo(peers("a#0", "b#b", "c#c"));
            group.stop("a");
            entries.add("after");
            assertThat(group.appendAnywhere("after")).isEqualTo("21");
            group.everybodyHas(entries);
        }
    }

    @Test
    void aNewPeerFarBehindGetsTheSnapshot() {
        RaftConfig config = Group.quick()
                .withSnapshots(100, new DataSize(1L << 30), Duration.ofMinutes(10))
                .withLog(new DataSize(1 << 20), 0);
        try (Group group = new Group(directory, config).found("a")) {
            List<String> entries = new ArrayList<>();
            Group.Member a = group.leader();
            for (int i = 0; i < 350; i++) {
                Group.append(a, "e" + i);
                entries.add("e" + i);
            }
            a.replica
                    .snapshot()
                    .toCompletableFuture()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
            Group.Member b = group.join("b", 1);
            change(a, peers("a#0"), peers("a#0", "b#1"));
            group.everybodyHas(entries);
            isRunning(b);
            entries.add("more");
            group.appendAnywhere("more");
            group.everybodyHas(entries);
            group.stop("b");
            Group.Member again = group.reopen("b", 1);
            isRunning(again);
            entries.add("last");
            group.appendAnywhere("last");
            group.everybodyHas(entries);
        }
    }

    @Test
    void aDeadVoterIsReplacedByANewPeer() {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c")) {
            group.appendAnywhere("one");
            String dead = group.followers().get(0).node.value();
            group.stop(dead);
            group.appendAnywhere("two");
            Group.Member leader = group.leader();
            List<PeerId> before = leader.replica.status().voters().current();
            List<PeerId> after = new ArrayList<>(before);
            after.removeIf(peer -> peer.node().value().equals(dead));
            after.add(PeerId.parse("d#4"));
            Group.Member d = group.join("d", 4);
            change(leader, before, after);
            isRunning(d);
            group.everybodyHas(List.of("one", "two"));
        }
    }

    @Test
    void aLeaderThatIsRemovedEndsAndAnotherFollows() {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c")) {
            group.appendAnywhere("one");
            Group.Member leader = group.leader();
            List<PeerId> before = leader.replica.status().voters().current();
            List<PeerId> after =
                    before.stream().filter(peer -> !peer.equals(leader.peer)).toList();
            change(leader, before, after);
            Group.until("stopped", () -> leader.replica.status().role() == RaftRole.STOPPED);
            assertThat(Group.append(group.leaderOtherThan(leader), "two")).isEqualTo("2");
        }
    }

    @Test
    void aChangeFromOtherVotersThanExpectedIsNotApplied() {
        try (Group group = new Group(directory, Group.quick()).found("a")) {
            Group.Member a = group.leader();
            assertThat(RatisEngineTest.failure(a.replica
                            .changeVoters(peers("a#0", "z#0"), peers("a#0", "y#0"), LIMIT)
                            .toCompletableFuture()))
                    .isInstanceOf(NotAppliedException.class);
        }
    }

    @Test
    void aLeaderHandsOverToAVoterOfItsChoice() {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c")) {
            for (int i = 0; i < 5; i++) {
                Group.Member old = group.leader();
                Group.Member next = group.followers().get(i % 2);
                old.replica
                        .transferLeadership(Optional.of(next.peer), LIMIT)
                        .toCompletableFuture()
                        .orTimeout(30, TimeUnit.SECONDS)
                        .join();
                assertThat(group.leaderOtherThan(old)).isSameAs(next);
            }
        }
    }

    @Test
    void aLeaderStepsDownWithoutASuccessor() {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c")) {
            Group.Member old = group.leader();
            long term = old.replica.status().term();
            old.replica
                    .transferLeadership(Optional.empty(), LIMIT)
                    .toCompletableFuture()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
            Group.until("a later term", () -> group.leader().replica.status().term() > term);
        }
    }

    @Test
    void aFollowerThatCampaignsLeadsAtOnce() {
        RaftConfig slow = Group.quick().withElectionTimeout(Duration.ofSeconds(5), Duration.ofSeconds(10));
        try (Group group = new Group(directory, slow).found("a", "b", "c")) {
            group.appendAnywhere("one");
            Group.Member old = group.leader();
            List<Group.Member> left = group.followers();
            Group.until(
                    "followers know",
                    () -> left.stream()
                            .allMatch(m -> m.replica.status().applied()
                                    == old.replica.status().applied()));
            group.stop(old.node.value());
            long start = group.environment.clock().nanoTime();
            left.forEach(member -> member.replica.campaign());
            group.leader();
            assertThat(group.environment.clock().nanoTime() - start)
                    .isLessThan(Duration.ofSeconds(4).toNanos());
        }
    }

    @Test
    void nodesSpeakOnlyForThemselves() {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c")) {
            group.leader();
            Group.Member a = group.members.get("a");
            group.addresses.put(NodeId.of("z"), a.transport.address());
            assertThat(RatisEngineTest.failure(a.transport.request(
                            group.addresses.get(NodeId.of("b")),
                            io.holdfast.core.transport.Message.of(Route.VOTE.of(group.group), forgedVote()))))
                    .isInstanceOf(NotAppliedException.class)
                    .hasMessageContaining("speaks as raft peer c#0");
        }
    }

    private static byte[] forgedVote() {
        return org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto.newBuilder()
                .setServerRequest(org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto.newBuilder()
                        .setRequestorId(Wiring.idOf(PeerId.parse("c#0")).toByteString())
                        .setReplyId(Wiring.idOf(PeerId.parse("b#0")).toByteString()))
                .build()
                .toByteArray();
    }
}
