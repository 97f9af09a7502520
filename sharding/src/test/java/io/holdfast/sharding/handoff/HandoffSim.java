package io.holdfast.sharding.handoff;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimNode;
import io.holdfast.testkit.sim.SimTable;
import io.holdfast.testkit.sim.SimWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** One run: nodes that own shards, amid faults, then healed. */
final class HandoffSim {
    private static final int MAX_NODES = 7;
    private static final Duration LOOK = Duration.ofMillis(100);

    final SimWorld<SimShards, ShardRequest, ShardMessage, ShardTimer, ShardEvent> world;
    final Judge judge = new Judge();
    final ShardingConfig config;
    final SimTable meta;
    final List<SimTable> data;
    private final SplittableRandom random;
    private final Map<String, SimMembers> members = new TreeMap<>();
    private final Map<String, Address> addresses = new HashMap<>();
    private final Set<String> cuts = new HashSet<>();
    private final Map<String, Integer> noMeta = new HashMap<>();
    private final Map<String, Integer> noData = new HashMap<>();
    private final Map<String, String> toldLeader = new HashMap<>();
    private String leader = "n1";
    private int leaderAway;
    private boolean faulty = true;
    int left;

    HandoffSim(long seed, HandoffRules rules) {
        SplittableRandom plan = new SplittableRandom(seed * 31 + 7);
        Duration[] drains = {Duration.ofMillis(1500), Duration.ofSeconds(2), Duration.ofSeconds(5)};
        config = ShardingConfig.lan().withShards(plan.nextBoolean() ? 16 : 32).withDrainLimit(drains[plan.nextInt(3)]);
        Scheduler scheduler = this::schedule;
        meta = new SimTable(scheduler, seed, GroupId.of("default"))
                .reachable(node -> !noMeta.containsKey(node.value()));
        data = List.of(
                new SimTable(scheduler, seed, GroupId.of("data-0"))
                        .reachable(node -> !noData.containsKey(node.value())),
                new SimTable(scheduler, seed, GroupId.of("data-1"))
                        .reachable(node -> !noData.containsKey(node.value())));
        world = SimWorld.seed(seed)
                .nodes(3 + plan.nextInt(3))
                .links(plan.nextBoolean() ? LinkFaults.lan() : LinkFaults.hostile())
                .start(host -> new SimShards(
                        host,
                        config,
                        rules,
                        meta.view(host.id(), host.environment()),
                        data.stream()
                                .map(table -> table.view(host.id(), host.environment()))
                                .toList(),
                        judge,
                        this));
        random = world.faults();
        world.onPublish(published -> world.node(published.node()).protocol().carryOut(published.event()));
        world.nodes().forEach(this::driftAndKnow);
        look();
    }

    private Registration schedule(Duration delay, Runnable task) {
        world.after(delay, task);
        return () -> {};
    }

    private void driftAndKnow(SimNode<SimShards, ?, ?, ?, ?> node) {
        String name = node.id().value();
        members.put(name, new SimMembers(random.split()));
        addresses.put(name, node.address());
        drift(node);
    }

    private void drift(SimNode<SimShards, ?, ?, ?, ?> node) {
        node.clock().drift(random.nextBoolean() ? 0.96 : 1.04);
    }

    /** An answer reaches the process that asked. */
    void request(SimShards from, ShardRequest request) {
        SimNode<SimShards, ShardRequest, ?, ?, ?> node =
                world.node(from.self.node().value());
        if (node.isUp() && node.protocol() == from) {
            node.request(request);
        }
    }

    void left(SimShards gone) {
        left++;
        String name = gone.self.node().value();
        world.after(Duration.ofMillis(1), () -> {
            SimNode<SimShards, ?, ?, ?, ?> node = world.node(name);
            if (node.isUp() && node.protocol() == gone) {
                node.kill();
                world.after(Duration.ofMillis(random.nextInt(4000)), () -> restart(name));
            }
        });
    }

    private void restart(String name) {
        SimNode<SimShards, ?, ?, ?, ?> node = world.node(name);
        if (!node.isUp()) {
            node.restart();
            drift(node);
        }
    }

    private long millis() {
        return world.elapsed().toMillis();
    }

    private void look() {
        for (SimNode<SimShards, ShardRequest, ?, ?, ?> node : world.live()) {
            if (!node.isPaused()) {
                look(node);
            }
        }
        elect();
        world.after(LOOK, this::look);
    }

    private void look(SimNode<SimShards, ShardRequest, ?, ?, ?> node) {
        String self = node.id().value();
        SimMembers known = members.get(self);
        known.began(node.protocol().host.life());
        for (SimNode<SimShards, ?, ?, ?, ?> other : world.live()) {
            String name = other.id().value();
            if (!other.isPaused() && !cuts.contains(name + ">" + self)) {
                known.hears(name, other.protocol(), millis());
            }
        }
        known.news(self, millis(), addresses).ifPresent(node::request);
        String words = node.protocol().host.life() + " " + leader;
        if (!noMeta.containsKey(self) && !words.equals(toldLeader.get(self)) && random.nextInt(10) < 4) {
            toldLeader.put(self, words);
            node.request(new ShardRequest.LeaderSeen(Optional.of(NodeId.of(leader))));
        }
    }

    private boolean canLead(String name) {
        SimNode<SimShards, ?, ?, ?, ?> node = world.node(name);
        return node.isUp() && !node.isPaused() && !noMeta.containsKey(name);
    }

    private void elect() {
        leaderAway = canLead(leader) ? 0 : leaderAway + 1;
        if (leaderAway > 5) {
            changeLeader();
        }
    }

    private void changeLeader() {
        List<String> able =
                world.network().names().stream().filter(this::canLead).toList();
        if (!able.isEmpty()) {
            leader = able.get(random.nextInt(able.size()));
            leaderAway = 0;
            meta.elect();
        }
    }

    private void cut(String from, String to, int forMillis) {
        world.network().cutOneWay(from, to);
        cuts.add(from + ">" + to);
        world.after(Duration.ofMillis(forMillis), () -> {
            if (faulty) {
                world.network().mend(from, to);
                cuts.remove(from + ">" + to);
                cuts.remove(to + ">" + from);
            }
        });
    }

    private void away(Map<String, Integer> from, String name, int forMillis) {
        from.merge(name, 1, Integer::sum);
        world.after(Duration.ofMillis(forMillis), () -> from.computeIfPresent(name, (any, n) -> n == 1 ? null : n - 1));
    }

    private String any() {
        List<String> names = world.network().names();
        return names.get(random.nextInt(names.size()));
    }

    private int upTo(int millis) {
        return 50 + random.nextInt(millis);
    }

    private void strike() {
        String one = any();
        SimNode<SimShards, ShardRequest, ?, ?, ?> node = world.node(one);
        switch (random.nextInt(14)) {
            case 0 -> {
                node.kill();
                world.after(Duration.ofMillis(upTo(5000)), () -> restart(one));
            }
            case 1 -> {
                node.restart();
                drift(node);
            }
            case 2, 3, 4 -> {
                node.pause();
                world.after(Duration.ofMillis(upTo(4000)), node::resume);
            }
            case 5 -> partition();
            case 6 -> cut(one, any(), upTo(3000));
            case 7 -> away(noMeta, one, upTo(random.nextInt(5) == 0 ? 15_000 : 3000));
            case 8 -> away(noData, one, upTo(random.nextInt(5) == 0 ? 15_000 : 2000));
            case 9 -> data.get(random.nextInt(2)).elect();
            case 10 -> changeLeader();
            case 11 -> suspectWrongly(one);
            case 12 -> join();
            default -> {
                if (node.isUp()) {
                    node.request(new ShardRequest.Leave(Duration.ofSeconds(5)));
                }
            }
        }
    }

    private void suspectWrongly(String one) {
        long until = millis() + upTo(3000);
        boolean all = random.nextBoolean();
        members.forEach((observer, known) -> {
            if (all || random.nextInt(3) == 0) {
                known.believeDead(one, until);
            }
        });
    }

    private void join() {
        int count = world.nodes().size();
        if (count < MAX_NODES) {
            driftAndKnow(world.add("n" + (count + 1)));
        }
    }

    /** The smaller side reaches no group. */
    private void partition() {
        List<String> names = new ArrayList<>(world.network().names());
        for (int i = names.size() - 1; i > 0; i--) {
            Collections.swap(names, i, random.nextInt(i + 1));
        }
        int minority = 1 + random.nextInt(Math.max(1, (names.size() - 1) / 2));
        int forMillis = upTo(4000);
        for (String lone : names.subList(0, minority)) {
            away(noMeta, lone, forMillis);
            away(noData, lone, forMillis);
            for (String other : names.subList(minority, names.size())) {
                cut(lone, other, forMillis);
                cut(other, lone, forMillis);
            }
        }
    }

    private void heal() {
        faulty = false;
        List<String> down = world.nodes().stream()
                .filter(node -> !node.isUp())
                .map(node -> node.id().value())
                .toList();
        world.heal();
        down.forEach(name -> drift(world.node(name)));
        cuts.clear();
        noMeta.clear();
        noData.clear();
        members.values().forEach(SimMembers::heal);
    }

    /** How long it takes, to 20 ms, until every shard was served; it may be on its way to the next node by then. */
    private double untilEachWasServed(Duration limit) {
        Set<Integer> waiting =
                new TreeSet<>(IntStream.range(0, config.shards()).boxed().toList());
        return until(limit, () -> {
            waiting.removeIf(this::isServed);
            return waiting.stream().findFirst();
        });
    }

    /** How long it takes, to 20 ms, until all are served at once: nothing moves any more. */
    private double untilAllServed(Duration limit) {
        return until(
                limit,
                () -> IntStream.range(0, config.shards())
                        .filter(shard -> !isServed(shard))
                        .boxed()
                        .findFirst());
    }

    private double until(Duration limit, Supplier<Optional<Integer>> missing) {
        long begin = millis();
        for (Optional<Integer> open = missing.get(); open.isPresent(); open = missing.get()) {
            if (millis() - begin > limit.toMillis()) {
                throw new AssertionError("shard " + open.orElseThrow() + " is not served after " + limit.toMillis()
                        + " ms: "
                        + world.live().stream()
                                .map(node -> node.protocol().toString())
                                .toList());
            }
            world.advance(Duration.ofMillis(20));
        }
        return millis() - begin;
    }

    private boolean isServed(int shard) {
        return world.live().stream().anyMatch(node -> node.protocol().serves(shard));
    }

    void run(BiConsumer<String, Double> figures) {
        figures.accept("founded and served after, ms", untilAllServed(Duration.ofSeconds(6)));
        long end = millis() + 20_000;
        int faults = 0;
        while (millis() < end) {
            world.advance(Duration.ofMillis(50 + random.nextInt(1200)));
            strike();
            faults++;
        }
        heal();
        figures.accept("faults", (double) faults);
        figures.accept("each served after healing, ms", untilEachWasServed(Duration.ofSeconds(5)));
        figures.accept("all at rest after that, ms", untilAllServed(Duration.ofSeconds(20)));
        clients(figures);
        world.advance(Duration.ofSeconds(2));
        last();
        figures.accept("increments acknowledged", (double) judge.writes);
        figures.accept("reads", (double) judge.reads);
        figures.accept("reads from memory", (double) judge.readsOfMemory);
        figures.accept("changes of owners", (double) changes());
        figures.accept("nodes that left", (double) left);
    }

    private long changes() {
        return world.live().get(0).protocol().node().map().shards().stream()
                .mapToLong(own -> own.epoch().value())
                .sum();
    }

    private void clients(BiConsumer<String, Double> figures) {
        Set<String> open = new HashSet<>();
        for (int shard = 0; shard < config.shards(); shard++) {
            for (int number = 0; number < SimTenant.KEYS; number++) {
                String key = SimTenant.key(shard, number);
                open.add(key);
                client(shard, key, judge.floor(key), open);
            }
        }
        figures.accept(
                "all clients succeed after, ms",
                world.runUntil(open::isEmpty, Duration.ofSeconds(5)).toMillis() + 0.0);
    }

    private void client(int shard, String key, long before, Set<String> open) {
        if (judge.floor(key) > before) {
            open.remove(key);
            return;
        }
        world.live().stream()
                .map(SimNode::protocol)
                .filter(each -> each.serves(shard))
                .forEach(each -> each.tenant.client(shard, key));
        world.after(Duration.ofMillis(20), () -> client(shard, key, before, open));
    }

    /** What stands in the tables is what was acknowledged, and what may have been. */
    private void last() {
        SimShards reader = world.live().get(0).protocol();
        Set<String> open = new HashSet<>();
        for (int shard = 0; shard < config.shards(); shard++) {
            for (int number = 0; number < SimTenant.KEYS; number++) {
                String key = SimTenant.key(shard, number);
                open.add(key);
                long floor = judge.floor(key);
                data.get(shard % 2)
                        .view(reader.self.node(), reader.host.environment())
                        .get(key, ReadConsistency.LINEARIZABLE, Deadline.NONE)
                        .thenAccept(row -> {
                            long value = row.map(SimTenant.Count::of)
                                    .map(SimTenant.Count::value)
                                    .orElse(0L);
                            judge.answered(key, floor, value, false, "the test");
                            open.remove(key);
                        });
            }
        }
        world.runUntil(open::isEmpty, Duration.ofSeconds(2));
    }
}
