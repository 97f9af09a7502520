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
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Voters come and go, leaders hand over. */
@Timeout(300)
@Tag("slow")
class MembersTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private static List<PeerId> peers(Object... namesAndIncarnations) {
        return Arrays.stream(namesAndIncarnations)
                .map(text -> PeerId.parse(text.toString()))
                .toList();
    }

    /** Whoever leads changes the voters; one that lost the lead meanwhile may have done it. */
    private static void change(Group group, List<PeerId> from, List<PeerId> to) {
        group.onLeader("a change of voters", leader -> {
            if (!Set.copyOf(leader.replica.status().voters().current()).equals(Set.copyOf(to))) {
                leader.replica
                        .changeVoters(from, to, LIMIT)
                        .toCompletableFuture()
                        .orTimeout(90, TimeUnit.SECONDS)
                        .join();
            }
            return to;
        });
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
        try (Group group = new Group(directory, Group.steady()).found("a")) {
            List<String> entries = new ArrayList<>(Group.numbered(1, 20));
            Group.Member a = group.leader();
            Group.appendAll(a, entries);
            isRunning(a);
            Group.Member b = group.join("b", 11);
            assertThat(b.replica.status().role()).isEqualTo(RaftRole.STARTING);
            change(group, peers("a#0"), peers("a#0", "b#b"));
            isRunning(b);
            Group.Member c = group.join("c", 12);
            change(group, peers("a#0", "b#b"), peers("a#0", "b#b", "c#c"));
            isRunning(c);
            group.everybodyHas(entries);
            assertThat(a.replica.status().voters().current()).isEqualTo(peers("a#0", "b#b", "c#c"));
            group.stop("a");
            entries.add("after");
            group.appendAnywhere("after");
            group.everybodyHas(entries);
        }
    }

    @Test
    void aNewPeerFarBehindGetsTheSnapshot() {
        farBehind(false);
    }

    @Test
    void aPeerThatGotTheSnapshotReturnsWithIt() {
        farBehind(true);
    }

    private void farBehind(boolean returns) {
        RaftConfig config = Group.steady()
                .withSnapshots(100, new DataSize(1L << 30), Duration.ofMinutes(10))
                .withLog(new DataSize(1 << 20), 0);
        try (Group group = new Group(directory, config).found("a")) {
            List<String> entries = new ArrayList<>(Group.numbered(1, 350));
            Group.Member a = group.leader();
            Group.appendAll(a, entries);
            Group.snapshot(a.replica);
            Group.Member b = group.join("b", 1);
            change(group, peers("a#0"), peers("a#0", "b#1"));
            group.everybodyHas(entries);
            isRunning(b);
            entries.add("more");
            group.appendAnywhere("more");
            group.everybodyHas(entries);
            if (returns) {
                group.stop("b");
                isRunning(group.reopen("b", 1));
                entries.add("last");
                group.appendAnywhere("last");
                group.everybodyHas(entries);
            }
        }
    }

    @Test
    void aDeadVoterIsReplacedByANewPeer() {
        try (Group group = new Group(directory, Group.steady()).found("a", "b", "c")) {
            group.appendAnywhere("one");
            String dead = group.followers().get(0).node.value();
            group.stop(dead);
            group.appendAnywhere("two");
            List<PeerId> before = group.leader().replica.status().voters().current();
            List<PeerId> after = new ArrayList<>(before);
            after.removeIf(peer -> peer.node().value().equals(dead));
            after.add(PeerId.parse("d#4"));
            Group.Member d = group.join("d", 4);
            change(group, before, after);
            isRunning(d);
            group.everybodyHas(List.of("one", "two"));
        }
    }

    @Test
    void aLeaderThatIsRemovedEndsAndAnotherFollows() {
        try (Group group = new Group(directory, Group.steady()).found("a", "b", "c")) {
            group.appendAnywhere("one");
            Group.Member leader = group.leader();
            List<PeerId> before = leader.replica.status().voters().current();
            List<PeerId> after =
                    before.stream().filter(peer -> !peer.equals(leader.peer)).toList();
            change(group, before, after);
            Group.until("stopped", () -> leader.replica.status().role() == RaftRole.STOPPED);
            group.leaderAfter(leader);
            group.appendAnywhere("two");
        }
    }

    @Test
    void aChangeFromOtherVotersThanExpectedIsNotApplied() {
        try (Group group = new Group(directory, Group.steady()).found("a")) {
            Group.Member a = group.leader();
            assertThat(RatisEngineTest.failure(a.replica
                            .changeVoters(peers("a#0", "z#0"), peers("a#0", "y#0"), LIMIT)
                            .toCompletableFuture()))
                    .isInstanceOf(NotAppliedException.class);
        }
    }

    @Test
    void aLeaderHandsOverToAVoterOfItsChoice() {
        try (Group group = new Group(directory, Group.steady()).found("a", "b", "c")) {
            for (int i = 0; i < 3; i++) {
                Group.Member old = group.leader();
                Group.Member next = group.others(old).get(i % 2);
                old.replica
                        .transferLeadership(Optional.of(next.peer), LIMIT)
                        .toCompletableFuture()
                        .orTimeout(90, TimeUnit.SECONDS)
                        .join();
                assertThat(group.leaderOtherThan(old)).isSameAs(next);
            }
        }
    }

    @Test
    void aLeaderStepsDownWithoutASuccessor() {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c")) {
            long term = group.onLeader("a leader steps down", old -> {
                long before = old.replica.status().term();
                old.replica
                        .transferLeadership(Optional.empty(), LIMIT)
                        .toCompletableFuture()
                        .orTimeout(90, TimeUnit.SECONDS)
                        .join();
                return before;
            });
            Group.until("a later term", () -> group.leader().replica.status().term() > term);
        }
    }

    @Test
    void aFollowerThatCampaignsLeadsAtOnce() {
        RaftConfig slow = Group.steady().withElectionTimeout(Duration.ofSeconds(90), Duration.ofSeconds(180));
        try (Group group = new Group(directory, slow).found("a", "b", "c")) {
            Group.Member old = group.leaderWithin(Duration.ofMinutes(4)); // rarely, the first votes split
            Group.append(old, "one");
            List<Group.Member> left = group.others(old);
            group.stop(old.node.value()); // they campaign; heartbeats go every 45 s, so no election timeout passes
            assertThat(left).contains(group.leaderWithin(Duration.ofSeconds(40)));
        }
    }

    @Test
    void nodesSpeakOnlyForThemselves() {
        try (Group group = new Group(directory, Group.steady()).found("a", "b", "c")) {
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
