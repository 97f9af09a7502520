package io.holdfast.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.FileCells;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.discovery.swim.SwimConfig;
import io.holdfast.testkit.contract.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoveryTest implements Waiting {
    private static final String SEED = "127.0.0.1:1000";

    @TempDir
    Path directory;

    @Test
    void joiningAnotherClusterFailsAndBothSidesRecordIt() {
        try (LoopbackCluster cluster = new LoopbackCluster()) {
            Discovery first = cluster.start("a", 1000, "blue", 1, List.of(), DurableCells.inMemory());
            await("a joins", first.joined());
            Discovery second = cluster.start("b", 1001, "green", 1, List.of(SEED), DurableCells.inMemory());
            assertThatThrownBy(() -> await("b is refused", second.joined()))
                    .hasCauseInstanceOf(ClusterMismatchException.class)
                    .hasMessageContaining("blue")
                    .hasMessageContaining("green");
            for (int i = 0; i < 2; i++) {
                assertThat(cluster.telemetry.get(i).recorder().entries())
                        .anyMatch(entry -> entry.decision().contains("green"));
            }
            assertThat(first.members()).hasSize(1);
        }
    }

    @Test
    void aRestartedNodeKeepsItsClusterIdAndRaisesItsIncarnation() {
        try (LoopbackCluster cluster = new LoopbackCluster()) {
            String id;
            long incarnation;
            try (FileCells cells = FileCells.open(directory, "a")) {
                Discovery first = cluster.start("a", 1000, "blue", 1, List.of(), cells);
                await("a joins", first.joined());
                id = first.clusterId().orElseThrow();
                incarnation = first.self().incarnation();
                cluster.kill(0);
            }
            try (FileCells cells = FileCells.open(directory, "a")) {
                Discovery again = cluster.start("a", 1000, "blue", 1, List.of(), cells);
                await("a joins again", again.joined());
                assertThat(again.clusterId()).contains(id);
                assertThat(again.self().incarnation()).isGreaterThan(incarnation);
                again.close();
            }
        }
    }

    @Test
    void whoAwaitsInstancesOfANodeThatClosesIsToldAtOnce() {
        try (LoopbackCluster cluster = LoopbackCluster.of(1)) {
            Discovery node = cluster.nodes.get(0);
            var waiting = node.awaitInstances(ServiceName.of("nobody"), 1, Duration.ofDays(1));
            node.close();
            assertThatThrownBy(() -> await("the wait ends", waiting))
                    .hasCauseInstanceOf(UnavailableException.class)
                    .hasMessageContaining("was closed");
            assertThatThrownBy(() -> await(
                            "a later wait ends", node.awaitInstances(ServiceName.of("nobody"), 1, Duration.ofDays(1))))
                    .hasMessageContaining("was closed");
        }
    }

    @Test
    void readinessAndMetricsFollowTheMembership() {
        try (LoopbackCluster cluster = LoopbackCluster.of(2)) {
            await("n0 joins", cluster.nodes.get(0).joined());
            await("n0 sees n1", () -> cluster.nodes.get(0).members().size() == 2);
            var telemetry = cluster.telemetry.get(0);
            assertThat(telemetry
                            .health()
                            .ask(HealthCheck.Kind.READY)
                            .get("membership")
                            .up())
                    .isTrue();
            assertThat(telemetry
                            .meters()
                            .get(DiscoveryMetric.MEMBERS.metric())
                            .tag("state", "alive")
                            .gauge()
                            .value())
                    .isEqualTo(2);
            await(
                    "a probe is measured",
                    () -> telemetry
                                    .meters()
                                    .get(DiscoveryMetric.PROBE.metric())
                                    .tag("result", "ack")
                                    .timer()
                                    .count()
                            > 0);
        }
    }

    @Test
    void brokenMessagesAndThoseThatNameAnotherSenderAreCountedAndDropped() {
        try (LoopbackCluster cluster = LoopbackCluster.of(2)) {
            await("n0 joins", cluster.nodes.get(0).joined());
            var stranger = cluster.network.open("stranger", 2000);
            Message broken = new Message(Discovery.ROUTE, CallContext.EMPTY, new byte[] {1, 2, 3}, Lane.CONTROL);
            stranger.send(cluster.ports.get(0).address(), broken);
            assertThat(cluster.telemetry
                            .get(0)
                            .meters()
                            .get(DiscoveryMetric.DROPPED.metric())
                            .tag("reason", "broken")
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void aMessageThatCannotBeSentIsCounted() {
        try (LoopbackCluster cluster = LoopbackCluster.of(2)) {
            await("n0 joins", cluster.nodes.get(0).joined());
            cluster.network.maxPayload = 10;
            await(
                    "a message is counted",
                    () -> cluster
                            .telemetry
                            .get(0)
                            .meters()
                            .find(DiscoveryMetric.DROPPED.metric())
                            .tag("reason", "unsent")
                            .counters()
                            .stream()
                            .anyMatch(counter -> counter.count() > 0));
        }
    }

    @Test
    void aNodeOffersABoundedNumberOfServices() {
        try (LoopbackCluster cluster = LoopbackCluster.of(1)) {
            Discovery node = cluster.nodes.get(0);
            int limit = SwimConfig.local().maxServices();
            for (int i = 0; i < limit; i++) {
                node.register(offer(node.self(), "s" + i));
            }
            node.register(offer(node.self(), "s0"));
            assertThatThrownBy(() -> node.register(offer(node.self(), "one-more")))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining(String.valueOf(limit));
        }
    }

    private static ServiceInstance offer(Member self, String name) {
        return new ServiceInstance(
                ServiceName.of(name), self.id(), self.address(), "", "", Map.of(), 100, true, List.of());
    }

    @Test
    void optionsThatContradictAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DiscoveryConfig.lan().withSeeds(List.of("nowhere")))
                .withMessageContaining("nowhere");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DiscoveryConfig.lan().withExpect(0))
                .withMessageContaining("expect");
        SwimConfig lan = SwimConfig.lan();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SwimConfig(
                        Duration.ofMillis(100),
                        Duration.ofMillis(100),
                        3,
                        4,
                        5,
                        3,
                        8,
                        lan.gossipInterval(),
                        4,
                        4,
                        lan.syncInterval(),
                        lan.reconnectInterval(),
                        lan.hintTimeout(),
                        lan.formInterval(),
                        lan.deadRetention(),
                        10,
                        10))
                .withMessageContaining("probeTimeout (100ms) must be shorter than probeInterval (100ms)");
    }
}
