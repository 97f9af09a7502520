package io.holdfast.replication.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.config.DataSize;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimNode;
import io.holdfast.testkit.sim.SimWorld;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/** One run: replicas that are written to amid faults, then healed: they come to the same state, and it is the one that what was done adds up to. */
final class CrdtSim {
    private static final int KEYS = 12;

    final SimWorld<SimCrdts, CrdtRequest, CrdtMessage, CrdtTimer, CrdtEvent> world;
    final Ledger ledger = new Ledger();
    final CrdtConfig config;
    private final SplittableRandom random;
    private final Map<String, Long> grown = new HashMap<>();
    private final Map<String, Long> own = new HashMap<>();
    private int elements;
    private int deeds;
    private int wipes;
    private boolean working = true;

    CrdtSim(long seed, CrdtRules rules) {
        SplittableRandom plan = new SplittableRandom(seed * 31 + 7);
        config = CrdtConfig.lan()
                .withGossipInterval(Duration.ofMillis(100))
                .withWire(
                        new DataSize(plan.nextBoolean() ? 1024 : 4096),
                        new DataSize(plan.nextBoolean() ? 1024 : 65_536));
        world = SimWorld.seed(seed)
                .nodes(3 + plan.nextInt(3))
                .links(plan.nextInt(4) == 0 ? LinkFaults.lan() : LinkFaults.hostile())
                .start(host -> new SimCrdts(host, config, rules));
        random = world.faults();
        world.onPublish(published -> {
            SimNode<SimCrdts, CrdtRequest, ?, ?, ?> node = world.node(published.node());
            if (published.event() instanceof CrdtEvent.Saved saved && node.isUp()) {
                node.protocol().node.confirm(saved.save());
                node.request(new CrdtRequest.Saved());
            }
        });
        world.nodes().forEach(node -> tellPeers(node));
        work();
        look();
    }

    private void tellPeers(SimNode<SimCrdts, CrdtRequest, ?, ?, ?> node) {
        List<Address> others = world.nodes().stream()
                .map(SimNode::address)
                .filter(address -> !address.equals(node.address()))
                .toList();
        node.request(new CrdtRequest.Peers(others));
    }

    private void work() {
        if (working) {
            List<SimNode<SimCrdts, CrdtRequest, CrdtMessage, CrdtTimer, CrdtEvent>> able =
                    world.live().stream().filter(node -> !node.isPaused()).toList();
            if (!able.isEmpty()) {
                act(able.get(random.nextInt(able.size())).protocol());
            }
        }
        world.after(Duration.ofMillis(5 + random.nextInt(60)), this::work);
    }

    private void act(SimCrdts node) {
        deeds++;
        String key = "k" + random.nextInt(KEYS);
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> add(node);
            case 3 -> node.shelf.growCounter("grown").add(1 + random.nextInt(3));
            case 4, 5 -> insert(node);
            case 6 -> remove(node);
            case 7 -> node.shelf.set("few").add(key);
            case 8 -> node.shelf.set("few").remove(key);
            case 9 -> inMap(node, key);
            case 10 -> node.shelf.multiRegister("siblings").set(key + deeds);
            default -> {
                node.shelf.register("last").set(key + deeds);
                node.shelf.enableWins("on").set(random.nextBoolean());
                node.shelf.disableWins("off").set(random.nextBoolean());
            }
        }
    }

    private void inMap(SimCrdts node, String key) {
        CrdtMap<String> map = node.shelf.map("map");
        switch (random.nextInt(5)) {
            case 0 -> map.counter(key).increment();
            case 1 -> map.set(key, Texts.UTF_8).add("e" + random.nextInt(4));
            case 2 -> map.register(key, Texts.UTF_8).set("v" + deeds);
            case 3 -> map.flag(key).set(random.nextBoolean());
            default -> map.remove(key);
        }
    }

    private void add(SimCrdts node) {
        long amount = random.nextInt(7) - 3;
        node.shelf.counter("count").add(amount);
        ledger.adds.add(deed(node, new ObjectId(Kind.COUNTER, "count"), amount, ""));
        own.merge(life(node), amount, Long::sum);
    }

    private void insert(SimCrdts node) {
        String element = "e" + ++elements + "-".repeat(random.nextInt(40));
        node.shelf.set("unique").add(element);
        ledger.made.add(deed(node, new ObjectId(Kind.SET, "unique"), 0, element));
    }

    private void remove(SimCrdts node) {
        List<String> seen = List.copyOf(node.shelf.set("unique").elements());
        if (!seen.isEmpty()) {
            String element = seen.get(random.nextInt(seen.size()));
            node.shelf.set("unique").remove(element);
            ledger.gone.add(deed(node, new ObjectId(Kind.SET, "unique"), 0, element));
        }
    }

    private Ledger.Deed deed(SimCrdts node, ObjectId id, long amount, String element) {
        long actor = node.replica.actor();
        long number = Objects.requireNonNull(node.replica.find(id)).seen().max(actor);
        return new Ledger.Deed(
                node.host.id().value(),
                node.host.life(),
                node.replica.latest(),
                new Dot(actor, number),
                amount,
                element);
    }

    private static String life(SimCrdts node) {
        return node.host.id() + "/" + node.host.life();
    }

    /** What must hold at any time. */
    private void look() {
        for (SimNode<SimCrdts, ?, ?, ?, ?> each : world.live()) {
            SimCrdts node = each.protocol();
            String life = life(node);
            ledger.saved(node.host.id().value(), node.host.life(), node.node.saved());
            long value = node.shelf.growCounter("grown").value();
            Long before = grown.put(life, value);
            assertThat(value).as("grow-only counter on %s", life).isGreaterThanOrEqualTo(before == null ? 0 : before);
            assertThat(node.replica.rollbacks())
                    .as("times that the disk of %s went back", life)
                    .isZero();
            assertThat(node.gap())
                    .as("a context on %s that is no version vector", life)
                    .isEmpty();
            mine(node, life);
        }
        world.after(Duration.ofMillis(100), this::look);
    }

    /** What a node added in this life is in its own view. */
    private void mine(SimCrdts node, String life) {
        CausalContext seen = Optional.ofNullable(node.replica.find(new ObjectId(Kind.COUNTER, "count")))
                .map(ObjectState::seen)
                .orElse(new CausalContext());
        long sum = ledger.adds.stream()
                .filter(add -> add.dot.actor() == node.replica.actor() && seen.contains(add.dot))
                .mapToLong(add -> add.amount)
                .sum();
        long others = ledger.adds.stream()
                .filter(add -> add.dot.actor() != node.replica.actor() && seen.contains(add.dot))
                .mapToLong(add -> add.amount)
                .sum();
        assertThat(node.shelf.counter("count").value())
                .as("what %s sees of its own and of others", life)
                .isEqualTo(sum + others);
    }

    private String any() {
        List<String> names = world.network().names();
        return names.get(random.nextInt(names.size()));
    }

    private void strike() {
        String one = any();
        SimNode<SimCrdts, CrdtRequest, CrdtMessage, CrdtTimer, CrdtEvent> node = world.node(one);
        Duration soon = Duration.ofMillis(50 + random.nextInt(4000));
        switch (random.nextInt(10)) {
            case 0 -> {
                node.kill();
                world.after(soon, () -> restart(one, false));
            }
            case 1 -> restart(one, false);
            case 2 -> {
                if (node.isUp()) {
                    node.crashAtNextWrite();
                }
                world.after(soon, () -> restart(one, false));
            }
            case 3 -> {
                if (wipes < 3) {
                    wipes++;
                    node.kill();
                    ledger.wiped(one);
                    restart(one, true);
                }
            }
            case 4 -> {
                node.pause();
                world.after(soon, node::resume);
            }
            case 5 -> {
                node.failWrites(true);
                boolean crash = random.nextBoolean();
                world.after(soon, () -> {
                    node.failWrites(false);
                    if (crash) {
                        restart(one, false); // what was made while the disk refused is lost
                    }
                });
            }
            case 6 -> world.network().isolate(one);
            case 7 -> world.network().cutOneWay(one, any());
            case 8 -> {
                Set<String> half = new HashSet<>();
                world.network().names().stream()
                        .filter(name -> random.nextBoolean())
                        .forEach(half::add);
                Set<String> rest = new HashSet<>(world.network().names());
                rest.removeAll(half);
                world.network().partition(half, rest);
            }
            default -> world.network().heal();
        }
    }

    private void restart(String name, boolean empty) {
        SimNode<SimCrdts, CrdtRequest, CrdtMessage, CrdtTimer, CrdtEvent> node = world.node(name);
        if (empty) {
            node.restartEmpty();
        } else {
            node.restart();
            ledger.restarted(node.protocol());
        }
        tellPeers(node);
    }

    private boolean areEqual() {
        long first = world.live().get(0).protocol().replica.digest();
        return world.live().stream().allMatch(node -> node.protocol().replica.digest() == first);
    }

    void run(BiConsumer<String, Double> figures) {
        long end = world.elapsed().toMillis() + 20_000;
        while (world.elapsed().toMillis() < end) {
            world.advance(Duration.ofMillis(100 + random.nextInt(1500)));
            strike();
        }
        working = false;
        Set<String> down = new HashSet<>();
        world.nodes().stream()
                .filter(node -> !node.isUp())
                .forEach(node -> down.add(node.id().value()));
        world.heal();
        down.forEach(name -> {
            ledger.restarted(world.node(name).protocol());
            tellPeers(world.node(name));
        });
        Duration took = untilEqual();
        figures.accept("equal after healing, ms", took.toMillis() + 0.0);
        world.advance(Duration.ofSeconds(1));
        assertThat(areEqual()).as("equal states stay equal").isTrue();
        world.live().forEach(node -> ledger.judge(node.protocol()));
        bounded();
        figures.accept("deeds", (double) deeds);
        figures.accept("messages", (double) world.network().sent());
    }

    private Duration untilEqual() {
        long begin = world.elapsed().toMillis();
        while (!areEqual()) {
            long waited = world.elapsed().toMillis() - begin;
            assertThat(waited).as("time until all are equal, ms").isLessThan(15_000);
            world.advance(Duration.ofMillis(50));
        }
        return Duration.ofMillis(world.elapsed().toMillis() - begin);
    }

    /** Who has seen all writes replaces them all: one entry for each element, then nothing but the rows of stores. */
    private void bounded() {
        SimCrdts one = world.live().get(0).protocol();
        CrdtSet<String> few = one.shelf.set("few");
        for (int i = 0; i < KEYS; i++) {
            few.add("k" + i);
        }
        ObjectState state = Objects.requireNonNull(one.replica.find(new ObjectId(Kind.SET, "few")));
        assertThat(state.size()).as("entries for %s elements", KEYS).isEqualTo(KEYS);
        few.clear();
        assertThat(state.bytes()).as("bytes of an empty set").isZero();
        assertThat(state.seen().rows().size())
                .as("rows")
                .isLessThanOrEqualTo(world.nodes().size() + wipes);
        untilEqual();
        world.live()
                .forEach(node -> assertThat(node.protocol().shelf.set("few").size())
                        .as("elements")
                        .isZero());
    }
}
