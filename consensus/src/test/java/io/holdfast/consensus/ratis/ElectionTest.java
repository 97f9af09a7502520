package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.transport.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who stands for election, and that somebody is elected who can be. */
@Timeout(300)
class ElectionTest {
    @TempDir
    Path directory;

    /** Ratis begins its election timeout anew with each pre-vote that it grants. */
    @Test
    void whoIsAskedForPreVotesAgainAndAgainStillStands() {
        try (Group group = new Group(directory, Group.quick())) {
            Group.Member asks = group.member("b");
            Group.Member stands = group.member("a");
            AtomicInteger stood = new AtomicInteger();
            group.links.watch((from, to, message) -> {
                if (from.equals(stands.node) && message.route().endsWith("/vote")) {
                    stood.incrementAndGet();
                }
                return false;
            });
            stands.open(0, new Opening.Found(List.of(peer("a"), peer("b"), peer("c"))));
            AtomicInteger asked = new AtomicInteger();
            Group.until("it stands in spite of the pre-votes", () -> {
                askForPreVote(group, asks, stands);
                if (asked.incrementAndGet() <= 100) {
                    stood.set(0); // it may have stood before it was asked
                }
                return stood.get() > 0;
            });
        }
    }

    private static PeerId peer(String node) {
        return new PeerId(NodeId.of(node), 0);
    }

    private static void askForPreVote(Group group, Group.Member asks, Group.Member asked) {
        RaftRpcRequestProto header = RaftRpcRequestProto.newBuilder()
                .setRequestorId(Wiring.idOf(peer(asks.node.value())).toByteString())
                .setReplyId(Wiring.idOf(asked.peer).toByteString())
                .setRaftGroupId(RaftGroupIdProto.newBuilder()
                        .setId(((Replica) asked.replica).wiring().groupId().toByteString()))
                .build();
        RequestVoteRequestProto request = RequestVoteRequestProto.newBuilder()
                .setServerRequest(header)
                .setCandidateTerm(7)
                .setCandidateLastEntry(TermIndex.valueOf(7, 700).toProto())
                .setPreVote(true)
                .build();
        CallContext context = CallContext.EMPTY.withDeadline(
                Deadline.after(group.environment.clock().nanoTime(), Group.LIMIT));
        var unused = asks.transport.request(
                Objects.requireNonNull(group.addresses.get(asked.node)),
                new Message(Route.VOTE.of(group.group), context, request.toByteArray(), Route.VOTE.lane()));
    }

    @Test
    void ofVotersThatReachOnlyOneOfThemThatOneIsElected() {
        bridges(1);
    }

    @Test
    @Tag("slow")
    void ofVotersThatReachOnlyOneOfThemThatOneIsElectedManyTimes() {
        bridges(30);
    }

    private void bridges(int rounds) {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c", "d", "e")) {
            List<Long> took = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                String before = "before " + i;
                group.appendAnywhere(before);
                Group.Member leader = group.leader();
                Group.Member bridge = group.others(leader).get(i % 4);
                Group.until("the bridge has it", () -> bridge.state.entries().contains(before));
                leader.replica.append(Group.bytes("under way"));
                long start = group.environment.clock().nanoTime();
                bridge(group, bridge);
                String entry = "by the bridge " + i;
                Group.waitFor(
                        "the bridge leads",
                        () -> bridge.replica.status().ready()
                                ? java.util.Optional.of(bridge)
                                : java.util.Optional.empty());
                group.onLeaderOtherThan(leader, entry, next -> Group.append(next, entry));
                took.add(Duration.ofNanos(group.environment.clock().nanoTime() - start)
                        .toMillis());
                group.links.heal();
            }
            took.sort(null);
            System.out.printf(
                    "bridge: %d times a voter that all others reach was elected, timeouts 300/600 ms: p50 %d ms, max %d ms%n",
                    rounds, took.get(rounds / 2), took.get(rounds - 1));
            group.everybodyHasTheSame();
            assertThat(took).hasSize(rounds);
        }
    }

    /** All are cut from each other but for one. */
    private static void bridge(Group group, Group.Member bridge) {
        for (Group.Member one : group.others(bridge)) {
            for (Group.Member other : group.others(bridge)) {
                if (one != other) {
                    group.links.cut(one.node, other.node);
                }
            }
        }
    }
}
