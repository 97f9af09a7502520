package io.holdfast.replication.saga;

import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.GroupId;
import io.holdfast.testkit.sim.SimJournal;
import io.holdfast.testkit.sim.SimNode;
import io.holdfast.testkit.sim.SimWorld;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** One run: nodes that run sagas, amid faults, then healed. */
final class SagaSim {
    static final int SHARDS = 2;
    private static final int NODES = 3;

    final SimWorld<SagaNode, Runnable, String, String, String> world;
    final Bank bank;
    final Trips trips;
    final SimJournal journal;
    final Map<String, String> wanted = new TreeMap<>(); // id to definition
    final Set<String> acknowledged = new HashSet<>();
    final Map<String, SagaView> over = new HashMap<>();
    private final SplittableRandom random;
    private final String[] owners = new String[SHARDS];
    private final long[] epochs = new long[SHARDS];
    private final int[] lives = new int[SHARDS];
    private final Map<String, Integer> away = new HashMap<>();
    private final Map<String, Long> absent = new HashMap<>();
    boolean faulty;
    int moves;
    int parked;

    SagaSim(long seed, SagaRules rules) {
        this(seed, rules, true);
    }

    SagaSim(long seed, SagaRules rules, boolean faulty) {
        this.faulty = faulty;
        bank = new Bank(seed, faulty ? 8 : 0);
        trips = new Trips(bank);
        SplittableRandom calls = new SplittableRandom(seed * 31 + 5);
        journal = new SimJournal(this::schedule, () -> elapsed().toNanos(), seed, GroupId.of("sagas"))
                .reachable(node -> !away.containsKey(node.value()));
        world = SimWorld.seed(seed).nodes(NODES).start(host -> {
            SimStepRunner runner = new SimStepRunner(
                    host.environment(), calls.split(), (delay, task) -> after(delay, task), () -> this.faulty);
            SagaConfig config = SagaConfig.standard().withStepsAtOnce(20);
            SagaHost sagas = new SagaHost(
                    host.environment(),
                    host.id(),
                    Telemetries.none(host.environment()),
                    new SagaHost.Plan(config, rules, runner, () -> {}));
            trips.all().forEach(sagas::register);
            return new SagaNode(host, sagas, journal.view(host.id(), host.environment()));
        });
        random = world.faults();
        SagaNode first = world.node("n1").protocol();
        first.journal.configure(SagaHost.journal(64 << 20), Deadline.NONE);
        world.advance(Duration.ofMillis(100));
        for (int shard = 0; shard < SHARDS; shard++) {
            assign(shard, "n" + (1 + random.nextInt(NODES)));
        }
        watch();
        operate();
    }

    private Duration elapsed() {
        return world == null ? Duration.ZERO : world.elapsed();
    }

    private io.holdfast.core.env.Registration schedule(Duration delay, Runnable task) {
        world.after(delay, task);
        return () -> {};
    }

    private void after(Duration delay, Runnable task) {
        world.after(delay, task);
    }

    static int shardOf(String id) {
        return Math.floorMod(SagaIds.root(id).hashCode(), SHARDS);
    }

    private SimNode<SagaNode, Runnable, String, String, String> node(String name) {
        return world.node(name);
    }

    private boolean isAble(String name) {
        return node(name).isUp() && !node(name).isPaused() && !away.containsKey(name);
    }

    private void assign(int shard, String name) {
        owners[shard] = name;
        epochs[shard]++;
        lives[shard] = node(name).protocol().host.life();
        SagaNode there = node(name).protocol();
        long epoch = epochs[shard];
        node(name).request(() -> there.sagas.serve(shard, new Epoch(epoch), there.journal));
    }

    /** Whoever has lost its owner gets another, who may come back. */
    private void watch() {
        for (int shard = 0; shard < SHARDS; shard++) {
            String name = owners[shard];
            boolean restarted = node(name).isUp() && node(name).protocol().host.life() != lives[shard];
            if (restarted) {
                move(shard, false);
            } else if (isAble(name)) {
                absent.remove("s" + shard);
            } else {
                long since = absent.merge("s" + shard, 1L, Long::sum);
                if (since > 5) {
                    move(shard, false);
                }
            }
        }
        after(Duration.ofMillis(100), this::watch);
    }

    private void move(int shard, boolean politely) {
        List<String> able =
                world.network().names().stream().filter(this::isAble).toList();
        if (able.isEmpty()) {
            return;
        }
        String next = able.get(random.nextInt(able.size()));
        String before = owners[shard];
        absent.remove("s" + shard);
        moves++;
        if (politely && isAble(before)) {
            handOver(shard, before, next);
            return;
        }
        if (node(before).isUp() && !before.equals(next)) {
            SagaNode there = node(before).protocol();
            SimNode<SagaNode, Runnable, String, String, String> old = node(before);
            after(Duration.ofMillis(random.nextInt(3000)), () -> {
                if (old.isUp() && old.protocol() == there && !owners[shard].equals(before)) {
                    old.request(() -> there.sagas.stop(shard));
                }
            });
        }
        assign(shard, next);
    }

    private void handOver(int shard, String before, String next) {
        SagaNode there = node(before).protocol();
        long epoch = epochs[shard];
        node(before)
                .request(() -> there.sagas
                        .drain(shard)
                        .whenComplete((done, error) -> after(Duration.ofMillis(1), () -> {
                            if (epochs[shard] == epoch && isAble(next)) {
                                assign(shard, next);
                            }
                        })));
        after(Duration.ofSeconds(2), () -> {
            if (epochs[shard] == epoch) {
                if (node(before).isUp() && node(before).protocol() == there) {
                    node(before).request(() -> there.sagas.stop(shard));
                }
                move(shard, false);
            }
        });
    }

    private void away(String name, int millis) {
        away.merge(name, 1, Integer::sum);
        after(Duration.ofMillis(millis), () -> away.computeIfPresent(name, (any, n) -> n == 1 ? null : n - 1));
    }

    private void strike() {
        String one = "n" + (1 + random.nextInt(NODES));
        SimNode<SagaNode, Runnable, String, String, String> struck = node(one);
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                struck.kill();
                after(Duration.ofMillis(50 + random.nextInt(2500)), () -> {
                    if (!struck.isUp()) {
                        struck.restart();
                    }
                });
            }
            case 2, 3 -> {
                struck.pause();
                after(Duration.ofMillis(50 + random.nextInt(4000)), struck::resume);
            }
            case 4 -> away(one, 50 + random.nextInt(3000));
            case 5 -> journal.elect();
            case 6 -> move(random.nextInt(SHARDS), true);
            default -> move(random.nextInt(SHARDS), false);
        }
    }

    /** Asks the owner until it answers. */
    private void ask(String id, Consumer<SagaNode> question) {
        String owner = owners[shardOf(id)];
        if (isAble(owner)) {
            SagaNode there = node(owner).protocol();
            node(owner).request(() -> question.accept(there));
        }
    }

    void start(String id, SagaDefinition<String> definition) {
        wanted.put(id, definition.name());
        startUntilTold(id, definition);
    }

    private void startUntilTold(String id, SagaDefinition<String> definition) {
        if (acknowledged.contains(id)) {
            return;
        }
        ask(
                id,
                there -> there.sagas
                        .start(shardOf(id), SagaStart.of(id, definition, "input of " + id))
                        .whenComplete((view, error) -> {
                            if (error == null) {
                                acknowledged.add(id);
                            }
                        }));
        after(Duration.ofMillis(200 + random.nextInt(400)), () -> startUntilTold(id, definition));
    }

    String ownerOf(String id) {
        return owners[shardOf(id)];
    }

    void signalUntilTold(String id, int times) {
        if (times > 0 && !over.containsKey(id)) {
            ask(
                    id,
                    there -> there.sagas.apply(
                            shardOf(id), new SagaOperation.Signal(id, "confirm", Texts.bytes("yes"))));
            after(Duration.ofMillis(400), () -> signalUntilTold(id, times - 1));
        }
    }

    /** An operator looks at what is parked. */
    private void operate() {
        for (int shard = 0; shard < SHARDS; shard++) {
            int here = shard;
            if (isAble(owners[here])) {
                SagaNode there = node(owners[here]).protocol();
                node(owners[here])
                        .request(() -> there.sagas
                                .list(here, SagaQuery.all().withStatus(SagaView.Status.PARKED))
                                .whenComplete((views, error) -> {
                                    if (error == null) {
                                        views.forEach(view -> resolve(there, here, view));
                                    }
                                }));
            }
        }
        after(Duration.ofMillis(700), this::operate);
    }

    private void resolve(SagaNode there, int shard, SagaView view) {
        for (SagaView.Step step : view.steps()) {
            if (step.phase().equals("PARKED")) {
                parked++;
                there.sagas.apply(shard, resolution(view.id(), step));
            }
        }
    }

    private SagaOperation resolution(String id, SagaView.Step step) {
        String effect = id + "/" + step.name() + "/do";
        if (step.direction() == Direction.DO) {
            return bank.isMailed(effect, step.attempts() + 1)
                    ? new SagaOperation.Resolve(id, step.name(), Texts.bytes("seen"), "operator")
                    : new SagaOperation.Retry(id, step.name(), "operator");
        }
        if (random.nextBoolean()) {
            bank.repair(effect);
            return new SagaOperation.Retry(id, step.name(), "operator");
        }
        bank.takeBack(id + "/" + step.name() + "/undo", effect);
        return new SagaOperation.Resolve(id, step.name(), new byte[0], "operator");
    }

    void run(BiConsumer<String, Double> figures) {
        List<SagaDefinition<String>> kinds = List.of(trips.order, trips.bundle, trips.letter);
        int number = 0;
        int strikes = 0;
        while (world.elapsed().toSeconds() < 15) {
            world.advance(Duration.ofMillis(50 + random.nextInt(700)));
            if (number < 24) {
                String id = "saga-" + number;
                start(id, kinds.get(number++ % 3));
                if (random.nextInt(5) > 0) {
                    after(Duration.ofMillis(random.nextInt(6000)), () -> signalUntilTold(id, 30));
                }
                if (random.nextInt(6) == 0) {
                    after(
                            Duration.ofMillis(random.nextInt(5000)),
                            () -> ask(
                                    id,
                                    there -> there.sagas.apply(shardOf(id), new SagaOperation.Cancel(id, "somebody"))));
                }
            }
            if (random.nextInt(3) > 0) {
                strike();
                strikes++;
            }
        }
        faulty = false;
        away.clear();
        journal.heal();
        world.heal();
        long healed = world.elapsed().toMillis();
        finish();
        figures.accept("all ended after healing, ms", (double) (world.elapsed().toMillis() - healed - 5000));
        figures.accept("strikes", (double) strikes);
        figures.accept("moves", (double) moves);
        figures.accept("parked", (double) parked);
        figures.accept("calls of the service", (double) bank.calls);
        figures.accept("effects", (double) bank.log.size());
        figures.accept("completed", (double) over.values().stream()
                .filter(view -> view.status() == SagaView.Status.COMPLETED)
                .count());
    }

    /** Until all have ended and what was late has arrived. */
    void finish() {
        look();
        world.runUntil(() -> over.keySet().containsAll(wanted.keySet()), Duration.ofSeconds(120));
        world.advance(Duration.ofSeconds(5));
        new SagaJudge(this).judge();
    }

    void look() {
        for (String id : wanted.keySet()) {
            if (!over.containsKey(id)) {
                ask(
                        id,
                        there -> there.sagas.find(shardOf(id), id).whenComplete((view, error) -> {
                            if (error == null && view.status().isEnded()) {
                                over.put(id, view);
                            }
                        }));
            }
        }
        after(Duration.ofMillis(100), this::look);
    }
}
