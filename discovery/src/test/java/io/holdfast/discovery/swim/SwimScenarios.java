package io.holdfast.discovery.swim;

import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.testkit.sim.LinkFaults;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The situations that the bars speak of, each for one seed; what they measure is virtual time. */
final class SwimScenarios {
    private static final Duration SPREAD = Duration.ofMillis(200);

    private SwimScenarios() {}

    /** A node falls silent, as a lost host does: when the last of the others has declared it dead. */
    static Duration silentDeath(long seed, int nodes) {
        SimCluster cluster = SimCluster.of(seed, nodes).formed();
        String victim = cluster.name((int) Math.floorMod(seed, (long) nodes));
        cluster.node(victim).kill();
        Duration took = cluster.await(
                "all see " + victim + " dead", () -> cluster.allSee(victim, MemberState.DEAD), Duration.ofSeconds(30));
        cluster.requireNoFalseDeath();
        return took;
    }

    /** A process is killed and its connections close. */
    static Duration killedProcess(long seed, int nodes) {
        SimCluster cluster = SimCluster.of(seed, nodes);
        cluster.world.hintOnClose(SwimRequest.ConnectionClosed::new);
        cluster.formed();
        String victim = cluster.name((int) Math.floorMod(seed, (long) nodes));
        cluster.node(victim).kill();
        Duration took = cluster.await(
                "all see " + victim + " dead", () -> cluster.allSee(victim, MemberState.DEAD), Duration.ofSeconds(30));
        cluster.requireNoFalseDeath();
        return took;
    }

    /** Messages are lost for a while: how many members are declared dead though they live. */
    static int deathsUnderLoss(long seed, int nodes, double loss, Duration time) {
        SimCluster cluster = SimCluster.of(
                        seed, nodes, nodes, SwimConfig.lan(), LinkFaults.lan().withLoss(loss), SPREAD)
                .formed();
        cluster.world.advance(time);
        return cluster.falseDeaths.size();
    }

    /** Connections between living nodes break, many times: how many members are declared dead. */
    static int deathsByReset(long seed, int nodes) {
        SimCluster cluster = SimCluster.of(seed, nodes);
        cluster.world.hintOnClose(SwimRequest.ConnectionClosed::new);
        cluster.formed();
        for (int i = 0; i < 50; i++) {
            int a = cluster.world.faults().nextInt(nodes);
            int b = (a + 1 + cluster.world.faults().nextInt(nodes - 1)) % nodes;
            cluster.world.network().reset(cluster.name(a), cluster.name(b));
            cluster.world.advance(Duration.ofMillis(200));
        }
        cluster.await("one view", cluster::oneView, Duration.ofSeconds(5));
        return cluster.falseDeaths.size();
    }

    /** One node stands still for a while, or has hardly any processor: how many of the others are declared dead, by anybody. */
    static int healthyDeathsAroundPause(long seed, int nodes, Duration pause, boolean starved) {
        SimCluster cluster = SimCluster.of(seed, nodes).formed();
        String slow = cluster.name((int) Math.floorMod(seed, (long) nodes));
        if (starved) {
            cluster.node(slow).starve(Duration.ofMillis(40));
        } else {
            cluster.node(slow).pause();
        }
        cluster.world.advance(pause);
        cluster.node(slow).starve(Duration.ZERO);
        cluster.node(slow).resume();
        cluster.await("one view after the pause", cluster::oneView, Duration.ofSeconds(30));
        return (int) cluster.falseDeaths.stream()
                .filter(text -> !text.contains("buried " + slow + " "))
                .count();
    }

    /** The kinds of partition. */
    enum Cut {
        HALVES,
        ONE_WAY,
        BRIDGE
    }

    /** A partition lasts for a while and ends: when all have one view again. */
    static Duration heal(long seed, int nodes, Cut cut, Duration lasts) {
        SimCluster cluster = SimCluster.of(seed, nodes).formed();
        List<String> names = cluster.world.network().names();
        List<String> left = names.subList(0, nodes / 2);
        int from = cut == Cut.BRIDGE ? nodes / 2 + 1 : nodes / 2;
        List<String> right = names.subList(from, nodes);
        if (cut == Cut.ONE_WAY) {
            left.forEach(a -> right.forEach(b -> cluster.world.network().cutOneWay(a, b)));
        } else {
            cluster.world.network().partition(left, right);
        }
        cluster.world.advance(lasts);
        cluster.world.network().heal();
        return cluster.await("one view after " + cut, cluster::oneView, Duration.ofSeconds(60));
    }

    /** A node changes an offer: when the last of the others knows. */
    static Duration registryChange(long seed, int nodes) {
        SimCluster cluster = SimCluster.of(seed, nodes).formed();
        Map<String, ServiceInstance> seen = new HashMap<>();
        cluster.world.onPublish(published -> {
            if (published.event() instanceof SwimEvent.ServiceChanged changed
                    && changed.change() instanceof ServiceEvent.Updated updated) {
                seen.put(published.node(), updated.instance());
            }
        });
        String owner = cluster.name((int) Math.floorMod(seed, (long) nodes));
        cluster.node(owner).request(new SwimRequest.Register(offer(cluster, owner)));
        return cluster.await("the offer is known", () -> seen.size() == nodes, Duration.ofSeconds(30));
    }

    static ServiceInstance offer(SimCluster cluster, String owner) {
        return new ServiceInstance(
                ServiceName.of("catalog"),
                cluster.node(owner).id(),
                cluster.node(owner).address(),
                "1.0.0",
                "a",
                Map.of("tier", "gold"),
                ServiceInstance.DEFAULT_WEIGHT,
                true,
                List.of(1, 2, 3));
    }

    /** Five nodes of which three form: links fail in groups, processes die in the middle of a write and come back; in the end there has only ever been one cluster. */
    static Duration formAmidCrashes(long seed) {
        int nodes = 5;
        SimCluster cluster =
                SimCluster.of(seed, nodes, 3, SwimConfig.lan(), LinkFaults.hostile(), Duration.ofMillis(300));
        var random = cluster.world.faults();
        for (int i = 0; i < 12; i++) {
            String name = cluster.name(random.nextInt(nodes));
            String other = cluster.name(random.nextInt(nodes));
            Duration at = Duration.ofMillis(random.nextInt(1500));
            switch (random.nextInt(4)) {
                case 0 -> cluster.world.after(at, () -> cluster.node(name).crashAtNextWrite());
                case 1 -> cluster.world.after(at, () -> cluster.node(name).kill());
                case 2 -> cluster.world.after(at, () -> cluster.node(name).restart());
                default -> cluster.world.after(at, () -> {
                    if (!name.equals(other)) {
                        cluster.world.network().cut(name, other);
                    }
                });
            }
        }
        cluster.world.advance(Duration.ofSeconds(3));
        cluster.world.heal();
        // a crash that waited for the next write may come only now
        for (int i = 1; i <= 4; i++) {
            cluster.world.after(Duration.ofSeconds(10L * i), cluster.world::heal);
        }
        cluster.await(
                "one cluster",
                () -> cluster.world.live().size() == nodes && cluster.oneView(),
                Duration.ofSeconds(60));
        cluster.requireOneClusterId();
        return cluster.world.elapsed();
    }

    /** Nodes start within a while of each other, with faulty links, some restarting meanwhile: when they are one cluster. */
    static Duration form(long seed, int nodes, LinkFaults links, Duration within, int restarts) {
        SimCluster cluster = SimCluster.of(seed, nodes, nodes, SwimConfig.lan(), links, within);
        for (int i = 0; i < restarts; i++) {
            String name = cluster.name(cluster.world.faults().nextInt(nodes));
            long at = cluster.world.faults().nextLong(within.toMillis() + 800);
            cluster.world.after(Duration.ofMillis(at), () -> cluster.node(name).restart());
        }
        cluster.world.advance(within);
        cluster.await(
                "one cluster", () -> cluster.world.live().size() == nodes && cluster.oneView(), Duration.ofSeconds(60));
        cluster.requireOneClusterId();
        return cluster.world.elapsed();
    }
}
