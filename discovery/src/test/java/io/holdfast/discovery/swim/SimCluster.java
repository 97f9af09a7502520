package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimHost;
import io.holdfast.testkit.sim.SimNode;
import io.holdfast.testkit.sim.SimWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A simulated cluster of {@link Swim} nodes and what tests ask of it. */
final class SimCluster {
    /** The protocol as the shell runs it: seeds come as a request at the start; packets cross as bytes where a test wants the codec in the way. */
    static final class Node implements Protocol<SwimRequest, Packet, SwimTimer, SwimEvent> {
        final Swim swim;
        private final List<Address> seeds;

        Node(Swim swim, List<Address> seeds) {
            this.swim = swim;
            this.seeds = seeds;
        }

        @Override
        public void onStart(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
            swim.onStart(nowNanos, out);
            swim.onRequest(new SwimRequest.Seeds(seeds), nowNanos, out);
            quiet(out);
        }

        @Override
        public void onRequest(SwimRequest request, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
            swim.onRequest(request, nowNanos, out);
            quiet(out);
        }

        @Override
        public void onMessage(Address from, Packet packet, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
            swim.onMessage(from, packet, nowNanos, out);
            quiet(out);
        }

        @Override
        public void onTimer(SwimTimer timer, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
            swim.onTimer(timer, nowNanos, out);
            quiet(out);
        }

        /** An hour of probes would fill the world's list of events. */
        private static void quiet(Outbox<Packet, SwimTimer, SwimEvent> out) {
            out.events()
                    .removeIf(event -> event instanceof SwimEvent.Probed || event instanceof SwimEvent.HealthChanged);
        }
    }

    final SimWorld<Node, SwimRequest, Packet, SwimTimer, SwimEvent> world;
    /** Declarations of death about a process that ran at that moment. */
    final List<String> falseDeaths = new ArrayList<>();

    private SimCluster(SimWorld<Node, SwimRequest, Packet, SwimTimer, SwimEvent> world) {
        this.world = world;
        world.onPublish(published -> {
            if (published.event() instanceof SwimEvent.MemberChanged changed
                    && changed.member().state() == MemberState.DEAD) {
                String victim = changed.member().id().value();
                boolean lives = world.nodes().stream()
                        .anyMatch(node -> node.id().value().equals(victim) && node.isUp() && !node.isPaused());
                if (lives) {
                    falseDeaths.add(published.node() + " buried " + victim + " at " + published.at());
                }
            }
        });
    }

    static SimCluster of(long seed, int nodes) {
        return of(seed, nodes, nodes, SwimConfig.lan(), LinkFaults.lan(), Duration.ofMillis(200));
    }

    static SimCluster of(long seed, int nodes, int expect, SwimConfig config, LinkFaults links, Duration startWithin) {
        SimWorld<Node, SwimRequest, Packet, SwimTimer, SwimEvent> world = SimWorld.seed(seed)
                .nodes(nodes)
                .links(links)
                .startWithin(startWithin)
                .start(host -> create(host, expect, config, UnaryOperator.identity()));
        return new SimCluster(world);
    }

    static SimCluster of(SimWorld<Node, SwimRequest, Packet, SwimTimer, SwimEvent> world) {
        return new SimCluster(world);
    }

    /** Three seeds are enough for every node to be found. */
    static Node create(SimHost host, int expect, SwimConfig config, UnaryOperator<SwimIdentity> change) {
        SwimIdentity identity = change.apply(new SwimIdentity("test", host.id(), host.address(), ""));
        List<Address> seeds =
                host.planned().subList(0, Math.min(3, host.planned().size()));
        return new Node(
                new Swim(
                        identity,
                        expect,
                        config,
                        SwimMemory.read(host.cells()),
                        host.environment().random().split("swim")),
                seeds);
    }

    SimNode<Node, SwimRequest, Packet, SwimTimer, SwimEvent> node(String name) {
        return world.node(name);
    }

    Swim swim(String name) {
        return node(name).protocol().swim;
    }

    SimCluster formed() {
        await("one cluster", () -> world.live().size() == world.nodes().size() && oneView(), Duration.ofSeconds(30));
        world.advance(Duration.ofSeconds(3));
        falseDeaths.clear();
        return this;
    }

    /** Looks every 5 ms: a condition over all views is too dear to ask after every event. */
    Duration await(String what, BooleanSupplier condition, Duration limit) {
        Duration start = world.elapsed();
        while (!condition.getAsBoolean()) {
            Duration passed = world.elapsed().minus(start);
            if (passed.compareTo(limit) > 0) {
                throw new AssertionError("seed " + world.seed() + ": not within " + limit + ": " + what + describe());
            }
            world.advance(Duration.ofMillis(5));
        }
        return world.elapsed().minus(start);
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        for (var node : world.live()) {
            Swim swim = node.protocol().swim;
            text.append("\n  ").append(node.id()).append(" in ").append(swim.clusterId());
            for (Member member : swim.view()) {
                text.append(" ")
                        .append(member.id())
                        .append(":")
                        .append(member.state())
                        .append(":")
                        .append(member.incarnation());
            }
        }
        return text.toString();
    }

    /** Every running node sees exactly the running nodes as alive, under one cluster id. */
    boolean oneView() {
        var live = world.live();
        if (live.isEmpty()) {
            return false;
        }
        String id = live.get(0).protocol().swim.clusterId();
        if (id.isEmpty()) {
            return false;
        }
        for (var node : live) {
            Swim swim = node.protocol().swim;
            if (!swim.clusterId().equals(id) || !sees(swim, live)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sees(Swim swim, List<SimNode<Node, SwimRequest, Packet, SwimTimer, SwimEvent>> live) {
        int alive = 0;
        for (Member member : swim.view()) {
            if (member.state() == MemberState.ALIVE) {
                if (live.stream().noneMatch(node -> node.id().equals(member.id()))) {
                    return false;
                }
                alive++;
            } else if (member.state() == MemberState.SUSPECT) {
                return false;
            }
        }
        return alive == live.size();
    }

    void requireNoFalseDeath() {
        if (!falseDeaths.isEmpty()) {
            throw new AssertionError("seed " + world.seed() + ": " + falseDeaths);
        }
    }

    /** No two nodes ever belonged to different clusters. */
    void requireOneClusterId() {
        var ids = world.published().stream()
                .filter(published -> published.event() instanceof SwimEvent.Formed)
                .map(published -> ((SwimEvent.Formed) published.event()).clusterId())
                .collect(Collectors.toSet());
        if (ids.size() != 1) {
            throw new AssertionError("seed " + world.seed() + ": cluster ids " + ids);
        }
        requireOneListOfFounders();
    }

    /** Whoever holds a list of founders holds the same, and at least as many as were expected are on it. */
    private void requireOneListOfFounders() {
        var lists = world.published().stream()
                .filter(published -> published.event() instanceof SwimEvent.Formed)
                .map(published -> ((SwimEvent.Formed) published.event()).founders())
                .filter(founders -> !founders.isEmpty())
                .collect(Collectors.toSet());
        if (lists.size() != 1) {
            throw new AssertionError("seed " + world.seed() + ": founders " + lists);
        }
    }

    boolean allSee(String victim, MemberState state) {
        NodeId id = NodeId.of(victim);
        for (var node : world.live()) {
            if (!node.id().equals(id) && node.protocol().swim.stateOf(id) != state) {
                return false;
            }
        }
        return true;
    }

    String name(int index) {
        return world.nodes().get(index).id().value();
    }
}
