package io.holdfast.examples.streaming.playback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ServiceInstance;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlaybackOwnersTest {
    private final Map<NodeId, PlaybackService> nodes = new TreeMap<>();
    private final Set<NodeId> dead = new HashSet<>();
    private final PlaybackOwners owners = new PlaybackOwners(this::instances, Reachable::new);

    PlaybackOwnersTest() {
        Stream.of("n1", "n2", "n3").map(NodeId::of).forEach(this::begin);
    }

    private void begin(NodeId node) {
        nodes.put(node, new PlaybackService(node.value()));
    }

    /** The other end may be gone although the directory still lists it. */
    private final class Reachable implements Playback {
        private final NodeId node;

        Reachable(NodeId node) {
            this.node = node;
        }

        @Override
        public CompletionStage<History> history(String user) {
            return dead.contains(node) ? refused() : nodes.get(node).history(user);
        }

        @Override
        public CompletionStage<History> merge(String user, List<Watched> watched) {
            return dead.contains(node) ? refused() : nodes.get(node).merge(user, watched);
        }

        private CompletionStage<History> refused() {
            return CompletableFuture.failedFuture(new UnavailableException("connection refused"));
        }
    }

    private List<ServiceInstance> instances() {
        return nodes.keySet().stream()
                .map(node -> new ServiceInstance(
                        ServiceName.of("playback"),
                        node,
                        Address.of("127.0.0.1", 1),
                        "",
                        "",
                        Map.of(),
                        ServiceInstance.DEFAULT_WEIGHT,
                        true,
                        List.of()))
                .toList();
    }

    @Test
    void keepsEachHistoryAtTwoNodesAndSpreadsUsersEvenly() {
        Map<NodeId, Integer> users = new TreeMap<>();
        for (int i = 1; i <= 3_000; i++) {
            List<NodeId> two = owners.owners("viewer-" + i);
            assertThat(two).hasSize(2).doesNotHaveDuplicates();
            users.merge(two.get(0), 1, Integer::sum);
        }
        assertThat(users.values()).allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
    }

    @Test
    void movesOnlyTheUsersOfANodeThatGoes() {
        NodeId gone = NodeId.of("n2");
        Map<String, List<NodeId>> before = new TreeMap<>();
        for (int i = 1; i <= 300; i++) {
            before.put("viewer-" + i, owners.owners("viewer-" + i));
        }
        nodes.remove(gone);
        before.forEach((user, two) -> {
            if (!two.contains(gone)) {
                assertThat(owners.owners(user)).isEqualTo(two);
            }
        });
    }

    @Test
    void losesNothingWhenOneOwnerDiesAndComesBackEmpty() {
        Watched first = new Watched(1, 60, false, 1_000);
        Watched second = new Watched(2, 30, false, 2_000);
        owners.note("viewer-1", first);
        for (NodeId node : owners.owners("viewer-1")) {
            dead.add(node);
            owners.note("viewer-1", second);
            assertThat(owners.history("viewer-1").watched()).containsExactly(second, first);
            dead.remove(node);
            begin(node);
            assertThat(owners.history("viewer-1").watched()).containsExactly(second, first);
            // the read has mended the empty copy
            assertThat(nodes.get(node)
                            .history("viewer-1")
                            .toCompletableFuture()
                            .join()
                            .watched())
                    .containsExactly(second, first);
        }
    }

    @Test
    void saysSoWhenNoOwnerAnswers() {
        dead.addAll(nodes.keySet());
        assertThatThrownBy(() -> owners.note("viewer-1", new Watched(1, 1, false, 1)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no owner of the history of viewer-1");
        nodes.clear();
        assertThatThrownBy(() -> owners.history("viewer-1")).hasMessageContaining("no ready instance");
    }

    @Test
    void forgetsTheUserWhoWasAwayLongestAtTheBound() {
        PlaybackService small = new PlaybackService("n1", 2);
        List<Watched> one = List.of(new Watched(1, 1, false, 1));
        small.merge("a", one);
        small.merge("b", one);
        small.history("a");
        small.merge("c", one);
        assertThat(small.history("a").toCompletableFuture().join().watched()).isNotEmpty();
        assertThat(small.history("b").toCompletableFuture().join().watched()).isEmpty();
    }
}
