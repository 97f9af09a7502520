package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.MembershipEvent;
import io.holdfast.core.env.Registration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What every {@link Membership} promises. Extend it, start a cluster, and the inherited tests run. */
public abstract class MembershipContract implements Waiting {
    /** For subclasses. */
    protected MembershipContract() {}

    /**
     * Starts a cluster of nodes that expect each other; they need not have joined when this returns.
     *
     * @param nodes how many
     * @return the cluster, closed by the suite
     */
    protected abstract DiscoveryCluster start(int nodes);

    private DiscoveryCluster joined(int nodes) {
        DiscoveryCluster cluster = start(nodes);
        for (int i = 0; i < nodes; i++) {
            Membership membership = cluster.membership(i);
            await("n" + i + " joins", membership.joined());
            await("n" + i + " sees all", () -> membership.members().size() == nodes);
        }
        return cluster;
    }

    @Test
    void aNodeAloneIsAClusterOfItself() {
        try (DiscoveryCluster cluster = joined(1)) {
            Membership alone = cluster.membership(0);
            assertThat(alone.members()).containsExactly(alone.self());
            assertThat(alone.self().id()).isEqualTo(NodeId.of("n0"));
            assertThat(alone.self().state()).isEqualTo(MemberState.ALIVE);
            assertThat(alone.clusterId()).isPresent();
            assertThat(alone.founders()).containsExactly(NodeId.of("n0"));
        }
    }

    @Test
    void allNodesSeeAllAndAgreeOnTheClusterId() {
        try (DiscoveryCluster cluster = joined(3)) {
            for (int i = 0; i < 3; i++) {
                Membership membership = cluster.membership(i);
                assertThat(membership.members())
                        .extracting(Member::id)
                        .containsExactly(NodeId.of("n0"), NodeId.of("n1"), NodeId.of("n2"));
                assertThat(membership.clusterId())
                        .isPresent()
                        .isEqualTo(cluster.membership(0).clusterId());
                assertThat(membership.founders()).containsExactly(NodeId.of("n0"), NodeId.of("n1"), NodeId.of("n2"));
                for (int j = 0; j < 3; j++) {
                    Member other = cluster.membership(j).self();
                    assertThat(membership.member(other.id()).orElseThrow().address())
                            .isEqualTo(other.address());
                }
            }
        }
    }

    @Test
    void aMemberThatWasNeverSeenIsEmpty() {
        try (DiscoveryCluster cluster = joined(1)) {
            assertThat(cluster.membership(0).member(NodeId.of("stranger"))).isEmpty();
        }
    }

    @Test
    void theMembersAreAnImmutableSnapshot() {
        try (DiscoveryCluster cluster = joined(2)) {
            List<Member> before = cluster.membership(0).members();
            assertThatThrownBy(() -> before.remove(0)).isInstanceOf(UnsupportedOperationException.class);
            cluster.membership(1).close();
            await("n1 is gone", () -> cluster.membership(0).members().size() == 1);
            assertThat(before).hasSize(2);
        }
    }

    @Test
    void aNodeThatSaysGoodbyeIsLeftAndNeverDead() {
        try (DiscoveryCluster cluster = joined(3)) {
            Queue<MembershipEvent> heard = new ConcurrentLinkedQueue<>();
            cluster.membership(0).listen(heard::add);
            cluster.membership(2).close();
            for (int i = 0; i < 2; i++) {
                Membership membership = cluster.membership(i);
                await("n" + i + " sees n2 leave", () -> stateOf(membership, "n2") == MemberState.LEFT);
                assertThat(membership.members()).extracting(Member::id).doesNotContain(NodeId.of("n2"));
            }
            await("the event is heard", () -> lastStates(heard).get("n2") == MemberState.LEFT);
            assertThat(heard).noneMatch(event -> event.member().state() == MemberState.DEAD);
        }
    }

    @Test
    void aKilledNodeIsDeclaredDeadByAll() {
        try (DiscoveryCluster cluster = joined(3)) {
            cluster.kill(2);
            for (int i = 0; i < 2; i++) {
                Membership membership = cluster.membership(i);
                await("n" + i + " sees n2 dead", () -> stateOf(membership, "n2") == MemberState.DEAD);
                assertThat(membership.members())
                        .extracting(Member::id)
                        .containsExactly(NodeId.of("n0"), NodeId.of("n1"));
            }
        }
    }

    @Test
    void aListenerHearsThePresentMembersAndThenEachChange() {
        try (DiscoveryCluster cluster = joined(3)) {
            Queue<MembershipEvent> heard = new ConcurrentLinkedQueue<>();
            cluster.membership(0).listen(heard::add);
            await("the present members are heard", () -> lastStates(heard).size() == 3);
            cluster.kill(2);
            await("the death is heard", () -> lastStates(heard).get("n2") == MemberState.DEAD);
            Map<NodeId, Long> incarnations = new ConcurrentHashMap<>();
            for (MembershipEvent event : heard) {
                Long before =
                        incarnations.put(event.member().id(), event.member().incarnation());
                assertThat(before == null || before <= event.member().incarnation())
                        .as("the incarnation of %s never goes back", event.member())
                        .isTrue();
            }
            assertThat(lastStates(heard)).containsEntry("n0", MemberState.ALIVE).containsEntry("n1", MemberState.ALIVE);
        }
    }

    @Test
    void aListenerThatWasTakenBackHearsNothingMore() {
        try (DiscoveryCluster cluster = joined(2)) {
            Queue<MembershipEvent> heard = new ConcurrentLinkedQueue<>();
            Registration registration = cluster.membership(0).listen(heard::add);
            await("the present members are heard", () -> lastStates(heard).size() == 2);
            registration.close();
            registration.close();
            Queue<MembershipEvent> later = new ConcurrentLinkedQueue<>();
            cluster.membership(0).listen(later::add);
            cluster.membership(1).close();
            await(
                    "the goodbye is heard by the other listener",
                    () -> lastStates(later).get("n1") == MemberState.LEFT);
            assertThat(lastStates(heard)).containsEntry("n1", MemberState.ALIVE);
        }
    }

    @Test
    void oneListenerThatThrowsDoesNotHurtTheOthers() {
        try (DiscoveryCluster cluster = joined(2)) {
            cluster.membership(0).listen(event -> {
                throw new IllegalStateException("a listener that fails on purpose");
            });
            Queue<MembershipEvent> heard = new ConcurrentLinkedQueue<>();
            cluster.membership(0).listen(heard::add);
            cluster.membership(1).close();
            await("the goodbye is heard", () -> lastStates(heard).get("n1") == MemberState.LEFT);
        }
    }

    private static MemberState stateOf(Membership membership, String name) {
        return membership.member(NodeId.of(name)).map(Member::state).orElse(MemberState.ALIVE);
    }

    private static Map<String, MemberState> lastStates(Queue<MembershipEvent> heard) {
        Map<String, MemberState> states = new ConcurrentHashMap<>();
        heard.forEach(
                event -> states.put(event.member().id().value(), event.member().state()));
        return states;
    }
}
