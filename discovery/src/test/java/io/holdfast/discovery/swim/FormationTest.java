package io.holdfast.discovery.swim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimHost;
import io.holdfast.testkit.sim.SimWorld;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FormationTest {
    private static SimCluster world(long seed, int nodes, Function<SimHost, SimCluster.Node> node) {
        SimWorld<SimCluster.Node, SwimRequest, Packet, SwimTimer, SwimEvent> world =
                SimWorld.seed(seed).nodes(nodes).start(node::apply);
        return SimCluster.of(world);
    }

    private static SimCluster.Node node(SimHost host, String cluster, String name, int expect, List<Address> seeds) {
        SwimIdentity identity = new SwimIdentity(cluster, NodeId.of(name), host.address(), "");
        return new SimCluster.Node(
                new Swim(
                        identity,
                        expect,
                        SwimConfig.lan(),
                        SwimMemory.read(host.cells()),
                        host.environment().random().split("swim")),
                seeds);
    }

    private static List<String> refusals(SimCluster cluster, int node) {
        return cluster.world.nodes().get(node).published().stream()
                .filter(published -> published.event() instanceof SwimEvent.Refused)
                .map(published -> ((SwimEvent.Refused) published.event()).reason())
                .toList();
    }

    private static boolean told(SimCluster cluster, int node, String part) {
        return cluster.world.nodes().get(node).published().stream()
                .anyMatch(published -> published.event() instanceof SwimEvent.Decided decided
                        && decided.kind() == SwimEvent.Decision.REFUSE
                        && decided.text().contains(part));
    }

    @Property(tries = 30)
    void nodesThatStartInAnyOrderFormExactlyOneCluster(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 7) int nodes, @ForAll @IntRange(max = 3) int restarts) {
        SwimScenarios.form(seed, nodes, LinkFaults.hostile(), Duration.ofSeconds(1), restarts);
    }

    @Test
    void fewerThanExpectedWait() {
        SimCluster cluster = world(1, 2, host -> node(host, "test", host.id().value(), 3, host.planned()));
        cluster.world.advance(Duration.ofSeconds(20));
        assertThat(cluster.world.published())
                .noneMatch(published ->
                        published.event() instanceof SwimEvent.Formed || published.event() instanceof SwimEvent.Joined);
    }

    @Test
    void aNodeThatComesLaterAdoptsTheClusterId() {
        SimCluster cluster = SimCluster.of(5, 3).formed();
        String id = cluster.swim(cluster.name(0)).clusterId();
        cluster.world.add("late").restart();
        cluster.await("late joins", cluster::oneView, Duration.ofSeconds(5));
        assertThat(cluster.swim("late").clusterId()).isEqualTo(id);
    }

    @Test
    void allFoundersNameTheSameFoundersAndWhoComesLaterOrWithoutADiskNamesNone() {
        SimCluster cluster = SimCluster.of(7, 3).formed();
        cluster.world.add("late").restart();
        cluster.node(cluster.name(1)).restart();
        cluster.node(cluster.name(2)).restartEmpty();
        cluster.await("one view", cluster::oneView, Duration.ofSeconds(10));
        List<NodeId> all = List.of(NodeId.of("n1"), NodeId.of("n2"), NodeId.of("n3"));
        assertThat(founders(cluster, 0)).containsExactly(all);
        assertThat(founders(cluster, 1)).containsExactly(all, all);
        assertThat(founders(cluster, 2)).containsExactly(all, List.of());
        assertThat(founders(cluster, 3)).containsOnly(List.of());
    }

    private static List<List<NodeId>> founders(SimCluster cluster, int node) {
        return cluster.world.nodes().get(node).published().stream()
                .filter(published -> published.event() instanceof SwimEvent.Formed)
                .map(published -> ((SwimEvent.Formed) published.event()).founders())
                .toList();
    }

    @Test
    void nodesThatRestartTogetherFindTheirOwnClusterAgain() {
        SimCluster cluster = SimCluster.of(6, 3).formed();
        String id = cluster.swim(cluster.name(0)).clusterId();
        cluster.world.nodes().forEach(node -> node.kill());
        cluster.world.nodes().forEach(node -> node.restart());
        cluster.await("one cluster", cluster::oneView, Duration.ofSeconds(10));
        assertThat(cluster.swim(cluster.name(2)).clusterId()).isEqualTo(id);
        cluster.requireOneClusterId();
    }

    @Test
    void aNodeThatRestartsBeforeItsDeathIsNoticedIsTheSameMemberWithAHigherIncarnation() {
        SimCluster cluster = SimCluster.of(8, 3).formed();
        String name = cluster.name(1);
        long before = cluster.swim(name).view().get(1).incarnation();
        cluster.node(name).restart();
        cluster.await("one view", cluster::oneView, Duration.ofSeconds(10));
        assertThat(cluster.swim(cluster.name(0)).view().get(1).incarnation()).isGreaterThan(before);
    }

    @Test
    void aNodeThatLostItsDiskComesBackAboveItsOldIncarnation() {
        SimCluster cluster = SimCluster.of(9, 3).formed();
        String name = cluster.name(1);
        for (int i = 0; i < 3; i++) {
            cluster.node(name).restart();
            cluster.await("one view", cluster::oneView, Duration.ofSeconds(10));
        }
        cluster.node(name).restartEmpty();
        cluster.world.advance(Duration.ofSeconds(5));
        assertThat(cluster.oneView()).isTrue();
        cluster.requireOneClusterId();
    }

    @Test
    void aNodeOfAnotherClusterNameIsRefusedAndBothSidesSaySo() {
        SimCluster cluster = world(
                2,
                3,
                host -> node(
                        host,
                        host.address().equals(host.planned().get(2)) ? "other" : "test",
                        host.id().value(),
                        host.address().equals(host.planned().get(2)) ? 1 : 2,
                        host.planned()));
        cluster.world.advance(Duration.ofSeconds(5));
        assertThat(refusals(cluster, 2)).singleElement().asString().contains("test", "other", "correct its seeds");
        assertThat(told(cluster, 0, "other") || told(cluster, 1, "other")).isTrue();
        assertThat(cluster.world.nodes().get(0).protocol().swim.view()).hasSize(2);
    }

    @Test
    void aNodeOfAnotherClusterIdIsRefusedAndBothSidesSaySo() {
        SimCluster cluster = world(3, 2, host -> node(host, "test", host.id().value(), 1, List.of()));
        cluster.world.advance(Duration.ofSeconds(1));
        cluster.world.nodes().get(1).restart();
        Address first = cluster.world.nodes().get(0).address();
        cluster.world.nodes().get(1).request(new SwimRequest.Seeds(List.of(first)));
        cluster.world.advance(Duration.ofSeconds(15));
        assertThat(told(cluster, 0, "id ")).isTrue();
        assertThat(told(cluster, 1, "refused by")).isTrue();
        assertThat(cluster.world.nodes().get(0).protocol().swim.view()).hasSize(1);
    }

    @Test
    void aSecondLivingNodeOfOneIdIsRefused() {
        SimCluster cluster = world(4, 4, host -> {
            boolean twin = host.address().equals(host.planned().get(3));
            String name = twin
                    ? "twin"
                    : host.address().equals(host.planned().get(1))
                            ? "twin"
                            : host.id().value();
            return node(host, "test", name, 3, host.planned().subList(0, 3));
        });
        cluster.world.nodes().get(3).kill();
        cluster.world.advance(Duration.ofSeconds(5));
        cluster.world.nodes().get(3).restart();
        cluster.world.advance(Duration.ofSeconds(5));
        assertThat(refusals(cluster, 3)).singleElement().asString().contains("twin", "taken");
        assertThat(refusals(cluster, 1)).isEmpty();
        Swim first = cluster.world.nodes().get(0).protocol().swim;
        assertThat(first.stateOf(NodeId.of("twin"))).isEqualTo(MemberState.ALIVE);
        assertThat(first.view()).hasSize(3);
    }

    @Test
    void aNodeThatMovedToAnotherAddressIsLetInOnceTheOldOneIsGone() {
        SimCluster cluster = world(5, 4, host -> {
            boolean moved = host.address().equals(host.planned().get(3));
            String name = moved
                    ? "mover"
                    : host.address().equals(host.planned().get(1))
                            ? "mover"
                            : host.id().value();
            return node(host, "test", name, 3, host.planned().subList(0, 3));
        });
        cluster.world.nodes().get(3).kill();
        cluster.world.advance(Duration.ofSeconds(5));
        cluster.world.nodes().get(1).kill();
        cluster.world.nodes().get(3).restart();
        cluster.world.advance(Duration.ofSeconds(10));
        assertThat(refusals(cluster, 3)).isEmpty();
        Address now = cluster.world.nodes().get(3).address();
        assertThat(cluster.world.nodes().get(0).protocol().swim.view())
                .anyMatch(member -> member.id().value().equals("mover")
                        && member.address().equals(now)
                        && member.state() == MemberState.ALIVE);
    }
}
