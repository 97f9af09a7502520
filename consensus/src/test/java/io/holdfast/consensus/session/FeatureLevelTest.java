package io.holdfast.consensus.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.SimGroup;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView;
import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.transport.Transport;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimWire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A build that knows more than the others, and what it may do before they are upgraded. */
class FeatureLevelTest {
    private static final byte[] OLD = {1, 1};
    private static final byte[] NEW = {2, 2};

    private final SimGroup group = new SimGroup(7, List.of(new Growing()));
    private final Map<NodeId, Integer> builds = new TreeMap<>();
    private final List<FeatureLevel> levels = IntStream.range(0, 3)
            .mapToObj(node -> FeatureLevel.start(
                    group.log(node),
                    deadline -> CompletableFuture.completedFuture(Map.copyOf(builds)),
                    PrimitiveMachine.level(List.of(new Growing())),
                    group.environment()))
            .toList();
    private final GroupSession session =
            GroupSession.start(group.log(0), NodeId.of("n0"), SessionConfig.lan(), levels.get(0), group.environment());

    /** Counts; level 2 brought an operation that counts by two. */
    private static final class Growing implements PrimitiveType {
        private static final byte[] KEY = {1};

        @Override
        public Traits traits() {
            return new Traits(201, "growing", 2, 2);
        }

        @Override
        public void apply(StateContext state, Operation operation, ByteWriter answer) {
            byte[] old = state.get(KEY);
            byte[] now = {(byte) ((old == null ? 0 : old[0]) + operation.opcode())};
            state.put(KEY, now);
            answer.u8(now[0]);
        }

        @Override
        public void query(StateView state, Operation operation, ByteWriter answer) {}
    }

    private void know(int first, int second, int third) {
        builds.put(NodeId.of("n0"), first);
        builds.put(NodeId.of("n1"), second);
        builds.put(NodeId.of("n2"), third);
    }

    private int count(byte[] operation) {
        Deadline deadline = Deadline.after(group.environment().clock().nanoTime(), Duration.ofSeconds(5));
        Answer answer = group.done(session.submit(201, "c", operation, deadline));
        return answer.payload()[0];
    }

    @Test
    void anOperationThatAMemberDoesNotKnowIsRefusedBeforeItIsInTheLogAndNamesThatMember() {
        know(2, 1, 0);
        assertThat(count(OLD)).isEqualTo(1);
        group.advance(Duration.ofSeconds(30));
        long before = group.log(0).applied();
        assertThatThrownBy(() -> count(NEW))
                .isInstanceOf(NotAppliedException.class)
                .hasMessageContaining("feature level 2")
                .hasMessageContaining("is at 1")
                .hasMessageContaining("node n1 (knows 1), node n2 (no answer)");
        assertThat(group.log(0).applied()).isEqualTo(before);
        assertThat(count(OLD)).isEqualTo(2);
    }

    @Test
    void theLeaderRaisesTheLevelOnceTheLastMemberKnowsIt() {
        know(2, 2, 1);
        group.advance(Duration.ofSeconds(30));
        assertThat(group.agreed().level()).isEqualTo(1);
        know(2, 2, 2);
        assertThatThrownBy(() -> count(NEW)).hasMessageContaining("all members are ready");
        group.advance(Duration.ofSeconds(10));
        assertThat(group.agreed().level()).isEqualTo(2);
        assertThat(count(NEW)).isEqualTo(2);
    }

    @Test
    void theLevelStaysOverRestartsAndOverMembersThatKnowLess() {
        know(2, 2, 2);
        group.advance(Duration.ofSeconds(10));
        assertThat(count(NEW)).isEqualTo(2);
        know(2, 2, 1);
        group.restart(1);
        group.restart(2);
        group.advance(Duration.ofSeconds(10));
        assertThat(group.agreed().level()).isEqualTo(2);
        assertThat(count(NEW)).isEqualTo(4);
    }

    @Test
    void thereIsNothingToRaiseForABuildOfTheGroupsLevel() {
        long before = group.log(0).applied();
        FeatureLevel.start(
                group.log(0), deadline -> CompletableFuture.failedFuture(new AssertionError()), 1, group.environment());
        group.advance(Duration.ofSeconds(30));
        assertThat(group.log(0).applied()).isEqualTo(before);
    }

    @Test
    void membersTellTheirLevelAndOneThatCannotCountsAsNone() {
        SimWire wire = new SimWire(group.environment(), 3, LinkFaults.lan());
        List<NodeId> members = List.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("old"), NodeId.of("dead"));
        Transport here = wire.start("a");
        Transport there = wire.start("b");
        wire.start("old");
        GroupId id = GroupId.of("meta");
        MemberQuestions questions = questions(id, 3, here, members);
        MemberQuestions others = questions(id, 2, there, members);
        Deadline deadline = Deadline.after(group.environment().clock().nanoTime(), Duration.ofSeconds(2));
        assertThat(group.done(questions.ask(deadline)))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(members.get(0), 3, members.get(1), 2, members.get(2), 0, members.get(3), 0));
        others.close();
        assertThat(group.done(questions.ask(deadline))).containsEntry(members.get(1), 0);
    }

    private static MemberQuestions questions(GroupId id, int level, Transport transport, List<NodeId> members) {
        return MemberQuestions.start(
                id,
                NodeId.of(transport.address().host()),
                level,
                transport,
                () -> members,
                node -> Optional.of(Address.of(node.value(), transport.address().port())));
    }
}
