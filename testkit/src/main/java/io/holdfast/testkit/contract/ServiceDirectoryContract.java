package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What every {@link ServiceDirectory} promises. Extend it, start a cluster, and the inherited tests run. */
public abstract class ServiceDirectoryContract implements Waiting {
    private static final ServiceName CATALOG = ServiceName.of("catalog");

    /** For subclasses. */
    protected ServiceDirectoryContract() {}

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
            int node = i;
            await("n" + i + " joins", cluster.membership(i).joined());
            await(
                    "n" + i + " sees all",
                    () -> cluster.membership(node).members().size() == nodes);
        }
        return cluster;
    }

    private static ServiceInstance instance(DiscoveryCluster cluster, int node, String version) {
        Member self = cluster.membership(node).self();
        return new ServiceInstance(
                CATALOG,
                self.id(),
                self.address(),
                version,
                "zone-" + node,
                Map.of("tier", "gold", "region", "ünïcode"),
                250,
                true,
                List.of(Integer.MIN_VALUE, -1, 7, Integer.MAX_VALUE));
    }

    private void awaitCount(DiscoveryCluster cluster, int node, int count) {
        await(
                "n" + node + " sees " + count + " instances",
                () -> cluster.services(node).instances(CATALOG).size() == count);
    }

    @Test
    void anInstanceIsSeenOnEveryNodeExactlyAsItWasOffered() {
        try (DiscoveryCluster cluster = joined(3)) {
            ServiceInstance offered = instance(cluster, 1, "1.0.0");
            cluster.services(1).register(offered);
            for (int i = 0; i < 3; i++) {
                awaitCount(cluster, i, 1);
                assertThat(cluster.services(i).instances(CATALOG)).containsExactly(offered);
                assertThat(cluster.services(i).services()).containsExactly(CATALOG);
            }
        }
    }

    @Test
    void anOfferReplacesTheOneBeforeIt() {
        try (DiscoveryCluster cluster = joined(2)) {
            cluster.services(0).register(instance(cluster, 0, "1.0.0"));
            awaitCount(cluster, 1, 1);
            ServiceInstance second = instance(cluster, 0, "2.0.0").withReady(false);
            cluster.services(0).register(second);
            await(
                    "n1 sees the second offer",
                    () -> cluster.services(1).instances(CATALOG).equals(List.of(second)));
        }
    }

    @Test
    void anOfferTakenBackVanishesEverywhere() {
        try (DiscoveryCluster cluster = joined(2)) {
            cluster.services(0).register(instance(cluster, 0, "1.0.0"));
            awaitCount(cluster, 1, 1);
            cluster.services(0).withdraw(CATALOG);
            for (int i = 0; i < 2; i++) {
                awaitCount(cluster, i, 0);
                assertThat(cluster.services(i).services()).isEmpty();
            }
            cluster.services(0).withdraw(CATALOG);
            cluster.services(0).register(instance(cluster, 0, "3.0.0"));
            awaitCount(cluster, 1, 1);
        }
    }

    @Test
    void instancesGoWithTheirNodeWhetherItLeavesOrDies() {
        try (DiscoveryCluster cluster = joined(3)) {
            for (int i = 0; i < 3; i++) {
                cluster.services(i).register(instance(cluster, i, "1.0.0"));
            }
            awaitCount(cluster, 0, 3);
            cluster.membership(1).close();
            awaitCount(cluster, 0, 2);
            cluster.kill(2);
            awaitCount(cluster, 0, 1);
        }
    }

    @Test
    void instancesAreOrderedAndTheSameObjectUntilSomethingChanges() {
        try (DiscoveryCluster cluster = joined(3)) {
            for (int i = 2; i >= 0; i--) {
                cluster.services(i).register(instance(cluster, i, "1.0.0"));
            }
            ServiceDirectory directory = cluster.services(0);
            awaitCount(cluster, 0, 3);
            List<ServiceInstance> before = directory.instances(CATALOG);
            assertThat(before)
                    .extracting(ServiceInstance::node)
                    .containsExactly(NodeId.of("n0"), NodeId.of("n1"), NodeId.of("n2"));
            assertThat(directory.instances(CATALOG)).isSameAs(before);
            assertThatThrownBy(() -> before.remove(0)).isInstanceOf(UnsupportedOperationException.class);
            directory.register(instance(cluster, 0, "2.0.0"));
            await("the change is seen", () -> directory.instances(CATALOG) != before);
            assertThat(before).hasSize(3).allMatch(i -> i.version().equals("1.0.0"));
        }
    }

    @Test
    void servicesAreOrderedByName() {
        try (DiscoveryCluster cluster = joined(1)) {
            Member self = cluster.membership(0).self();
            for (String name : List.of("c", "a", "b")) {
                cluster.services(0)
                        .register(new ServiceInstance(
                                ServiceName.of(name),
                                self.id(),
                                self.address(),
                                "",
                                "",
                                Map.of(),
                                100,
                                true,
                                List.of()));
            }
            await("all three are there", () -> cluster.services(0).services().size() == 3);
            assertThat(cluster.services(0).services())
                    .extracting(ServiceName::value)
                    .containsExactly("a", "b", "c");
        }
    }

    @Test
    void anInstanceOfAnotherNodeIsRefused() {
        try (DiscoveryCluster cluster = joined(2)) {
            ServiceInstance foreign = instance(cluster, 1, "1.0.0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cluster.services(0).register(foreign))
                    .withMessageContaining("n1");
        }
    }

    @Test
    void aWatcherHearsThePresentInstancesAndThenEachChange() {
        try (DiscoveryCluster cluster = joined(2)) {
            cluster.services(0).register(instance(cluster, 0, "1.0.0"));
            awaitCount(cluster, 1, 1);
            Queue<ServiceEvent> heard = new ConcurrentLinkedQueue<>();
            Registration registration = cluster.services(1).watch(CATALOG, heard::add);
            await("the present instance is heard", () -> replay(heard).equals(Map.of(NodeId.of("n0"), "1.0.0")));
            cluster.services(0).register(instance(cluster, 0, "2.0.0"));
            cluster.services(1).register(instance(cluster, 1, "1.0.0"));
            await(
                    "the changes are heard",
                    () -> replay(heard).equals(Map.of(NodeId.of("n0"), "2.0.0", NodeId.of("n1"), "1.0.0")));
            cluster.services(0).withdraw(CATALOG);
            await("the withdrawal is heard", () -> replay(heard).equals(Map.of(NodeId.of("n1"), "1.0.0")));
            registration.close();
            Queue<ServiceEvent> later = new ConcurrentLinkedQueue<>();
            cluster.services(1).watch(CATALOG, later::add);
            cluster.services(1).withdraw(CATALOG);
            await("the second watcher hears it", () -> later.stream().anyMatch(ServiceEvent.Removed.class::isInstance));
            assertThat(replay(heard)).isEqualTo(Map.of(NodeId.of("n1"), "1.0.0"));
        }
    }

    private static Map<NodeId, String> replay(Queue<ServiceEvent> heard) {
        Map<NodeId, String> versions = new TreeMap<>();
        for (ServiceEvent event : heard) {
            if (event instanceof ServiceEvent.Updated updated) {
                versions.put(updated.instance().node(), updated.instance().version());
            } else if (event instanceof ServiceEvent.Removed removed) {
                versions.remove(removed.node());
            }
        }
        return versions;
    }

    @Test
    void waitingForInstancesEndsWhenEnoughAreReady() {
        try (DiscoveryCluster cluster = joined(2)) {
            CompletionStage<List<ServiceInstance>> waiting =
                    cluster.services(0).awaitInstances(CATALOG, 2, Duration.ofSeconds(20));
            cluster.services(0).register(instance(cluster, 0, "1.0.0"));
            cluster.services(1).register(instance(cluster, 1, "1.0.0").withReady(false));
            awaitCount(cluster, 0, 2);
            assertThat(waiting.toCompletableFuture()).isNotDone();
            cluster.services(1).register(instance(cluster, 1, "1.0.0"));
            assertThat(await("both are ready", waiting)).hasSize(2).allMatch(ServiceInstance::ready);
        }
    }

    @Test
    void waitingInVainFailsAndSaysHowManyThereWere() {
        try (DiscoveryCluster cluster = joined(1)) {
            cluster.services(0).register(instance(cluster, 0, "1.0.0"));
            CompletionStage<List<ServiceInstance>> waiting =
                    cluster.services(0).awaitInstances(CATALOG, 2, Duration.ofMillis(50));
            assertThatThrownBy(() -> await("the time is over", waiting))
                    .hasCauseInstanceOf(UnavailableException.class)
                    .cause()
                    .hasMessageContaining("catalog")
                    .hasMessageContaining("1");
        }
    }
}
