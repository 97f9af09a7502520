package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.quorum.QuorumJudge.Kind;
import io.holdfast.replication.quorum.QuorumJudge.Op;
import io.holdfast.replication.quorum.QuorumJudge.Seen;
import io.holdfast.replication.store.SimStore;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.Published;
import io.holdfast.testkit.sim.SimHost;
import io.holdfast.testkit.sim.SimNode;
import io.holdfast.testkit.sim.SimWorld;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/** One run: a ring amid faults, members that come, go and lose their disks, clients that judge; then healed, equal, and rid of its tombstones. */
final class QuorumSim implements SimQuorum.Surroundings {
    private static final Duration DEADLINE = Duration.ofMillis(1500);
    private static final int KEYS = 12;

    final SimWorld<SimQuorum, QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> world;
    final QuorumJudge judge;
    final QuorumConfig config;
    private final SplittableRandom random;
    private final QuorumRules rules;
    private final Map<String, SimStore> rows = new TreeMap<>();
    private final Map<String, SimStore> hints = new TreeMap<>();
    private final Map<String, Long> downSince = new HashMap<>();
    private final Map<String, Long> filled = new TreeMap<>();
    private final Map<NodeId, Long> reported = new HashMap<>();
    private final Map<Long, Op> calls = new HashMap<>();
    private final Map<String, Seen> seen = new HashMap<>();
    private final Set<String> syncing = new HashSet<>();
    private final Map<QuorumEvent.Count, Long> counts = new TreeMap<>();
    private final int read;
    private final int write;
    private final boolean repairs;
    private Ring ring;
    private long nextCall = 1;
    private long nextStore = 1;
    private boolean faulty = true;
    private int maxHints;
    private int maxTombstones;
    int ringChanges;
    int disksLost;

    QuorumSim(long seed, QuorumRules rules) {
        this.rules = rules;
        SplittableRandom plan = new SplittableRandom(seed * 31 + 11);
        int[][] quorums = {{2, 2}, {2, 2}, {2, 2}, {1, 3}, {3, 1}, {2, 3}};
        int[] quorum = quorums[plan.nextInt(quorums.length)];
        read = quorum[0];
        write = quorum[1];
        repairs = plan.nextBoolean();
        judge = new QuorumJudge(2 * write > 3);
        config = new QuorumConfig(
                3,
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                Duration.ofMillis(1000),
                Duration.ofMillis(3000),
                Duration.ofMillis(2500),
                plan.nextInt(4) == 0 ? 3 : 200,
                plan.nextInt(4) == 0 ? 5 : 1000,
                4,
                1 << 20);
        int count = 3 + plan.nextInt(4);
        String[] names = new String[count];
        List<RingMember> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names[i] = "n" + (i + 1);
            rows.put(names[i], new SimStore(nextStore++));
            hints.put(names[i], new SimStore(nextStore++));
            if (i < 3 + plan.nextInt(2)) {
                members.add(member(names[i]));
            }
        }
        ring = Ring.stable(1, members);
        LinkFaults links = plan.nextInt(3) == 0 ? LinkFaults.hostile() : LinkFaults.lan();
        world = SimWorld.seed(seed).nodes(names).links(links).start(this::node);
        random = world.faults();
        world.onPublish(this::published);
        every(Duration.ofMillis(100), this::look);
        every(Duration.ofMillis(50), this::decide);
        every(Duration.ofSeconds(2), () -> world.live().forEach(node -> tellRing(node.id().value(), Duration.ofMillis(1))));
    }

    private RingMember member(String name) {
        return new RingMember(NodeId.of(name), "z" + name.charAt(1) % 2, rows.get(name).storeId());
    }

    private SimQuorum node(SimHost host) {
        String name = host.id().value();
        return new SimQuorum(host, config, rules, rows.get(name), hints.get(name), this);
    }

    private void every(Duration period, Runnable task) {
        world.after(period, () -> {
            task.run();
            every(period, task);
        });
    }

    @Override
    public void started(SimQuorum node) {
        tellRing(node.host.id().value(), Duration.ofMillis(1 + random.nextInt(100)));
        for (SimNode<SimQuorum, QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> other : world.nodes()) {
            tell(node.host.id().value(), other, true, Duration.ofMillis(1 + random.nextInt(50)));
        }
    }

    private void tell(
            String to,
            SimNode<SimQuorum, QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> about,
            boolean alive,
            Duration delay) {
        world.after(delay, () -> request(to, new QuorumRequest.Neighbour(about.id(), about.address(), alive)));
    }

    private void tellRing(String to, Duration delay) {
        world.after(delay, () -> request(to, new QuorumRequest.RingIs(ring)));
    }

    private void request(String to, QuorumRequest request) {
        if (world.node(to).isUp()) {
            world.node(to).request(request);
        }
    }

    /** Membership: those that are down are noticed after a while; now and then somebody is believed dead who is not. */
    private void look() {
        for (var node : world.nodes()) {
            String name = node.id().value();
            boolean down = !node.isUp() || node.isPaused();
            if (down) {
                downSince.putIfAbsent(name, now());
            } else {
                downSince.remove(name);
            }
            boolean dead = down && now() - downSince.get(name) > 600_000_000L;
            boolean slander = faulty && random.nextInt(200) == 0;
            for (var other : world.live()) {
                tell(other.id().value(), node, !dead && !slander, Duration.ofMillis(1 + random.nextInt(30)));
            }
        }
        for (var node : world.live()) {
            maxHints = Math.max(maxHints, node.protocol().node.hints());
            maxTombstones = Math.max(maxTombstones, node.protocol().node.tombstones());
        }
    }

    /** What the shell does with the committed ring. */
    private void decide() {
        world.live().forEach(node -> report(node.id().value(), filled.getOrDefault(node.id().value(), 0L)));
        RingProgress.next(ring, reported, node -> isDead(node.value())).ifPresent(this::commit);
    }

    private boolean isDead(String name) {
        return !world.node(name).isUp() && downSince.containsKey(name) && now() - downSince.get(name) > 600_000_000L;
    }

    private void commit(Ring next) {
        ring = next;
        ringChanges++;
        for (var node : world.nodes()) {
            if (random.nextInt(4) > 0) {
                tellRing(node.id().value(), Duration.ofMillis(1 + random.nextInt(200)));
            }
        }
    }

    private void published(Published<QuorumEvent> entry) {
        QuorumEvent event = entry.event();
        if (event instanceof QuorumEvent.Ended ended) {
            ended(ended);
        } else if (event instanceof QuorumEvent.RingWanted) {
            tellRing(entry.node(), Duration.ofMillis(1 + random.nextInt(50)));
        } else if (event instanceof QuorumEvent.Filled filled) {
            this.filled.merge(entry.node(), filled.epoch(), Math::max);
        } else if (event instanceof QuorumEvent.Counted counted) {
            counts.merge(counted.what(), counted.by(), Long::sum);
        }
    }

    private void report(String node, long epoch) {
        NodeId id = NodeId.of(node);
        if (epoch != ring.epoch()) {
            return;
        }
        if (!ring.isReplaced(id, rows.get(node).storeId())) {
            reported.merge(id, epoch, Math::max);
        } else {
            commit(ring.withStore(id, rows.get(node).storeId()));
        }
    }

    @Override
    public void syncSoon(SimQuorum node) {
        sync(node, node.rows, true);
        sync(node, node.hints, false);
    }

    private void sync(SimQuorum node, SimStore store, boolean isRows) {
        String name = node.host.id().value();
        String mark = name + isRows;
        if (!store.isDirty() || !syncing.add(mark)) {
            return;
        }
        long reach = store.position();
        int life = node.host.life();
        boolean slow = faulty && random.nextInt(100) == 0;
        Duration time = Duration.ofNanos(1000L * (slow ? 50_000 + random.nextInt(600_000) : 200 + random.nextInt(3000)));
        world.after(time, () -> {
            syncing.remove(mark);
            if (world.node(name).isUp() && world.node(name).protocol().host.life() == life) {
                store.syncTo(reach);
                request(name, isRows ? new QuorumRequest.Synced(reach) : new QuorumRequest.HintsSynced(reach));
                sync(node, store, isRows);
            }
        });
    }

    private long now() {
        return world.elapsed().toNanos();
    }

    // clients

    private static RowKey key(String name) {
        return RowKey.of(name.substring(0, 1), name.getBytes(StandardCharsets.UTF_8));
    }

    private void client() {
        List<SimNode<SimQuorum, QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent>> up = world.live();
        if (up.isEmpty()) {
            return;
        }
        String name = (random.nextBoolean() ? "s" : "l") + random.nextInt(KEYS);
        int what = random.nextInt(10);
        Kind kind = what < 5 ? Kind.GET : what < 9 || isKept(name) ? Kind.PUT : Kind.REMOVE;
        call(up.get(random.nextInt(up.size())).id().value(), kind, name);
    }

    /** Never removed before the end: of these the times of what is read never go back. */
    private static boolean isKept(String name) {
        return name.startsWith("l") && Integer.parseInt(name.substring(1)) < KEYS / 3;
    }

    private Op call(String node, Kind kind, String name) {
        boolean latest = name.startsWith("l");
        Seen before = kind == Kind.GET || latest ? Seen.NOTHING : seen.getOrDefault(name, Seen.NOTHING);
        if (kind == Kind.PUT && random.nextInt(8) == 0) {
            before = Seen.NOTHING; // blind
        }
        long call = nextCall++;
        Op op = judge.begin(kind, name, kind == Kind.PUT ? "v" + call : null, before, now(), latest, repairs && isKept(name));
        calls.put(call, op);
        long deadline = world.node(node).clock().nanoTime() + DEADLINE.toNanos();
        if (kind == Kind.GET) {
            request(node, new QuorumRequest.Get(call, key(name), new CallSpec(read, write, false, repairs), deadline));
        } else {
            RowChange change = new RowChange(
                    latest ? ConflictPolicy.LATEST : ConflictPolicy.SIBLINGS,
                    before.context(),
                    0,
                    op.value == null ? null : op.value.getBytes(StandardCharsets.UTF_8));
            request(
                    node,
                    new QuorumRequest.Change(call, key(name), change, new CallSpec(write, write, false, false), deadline));
        }
        return op;
    }

    private void ended(QuorumEvent.Ended ended) {
        Op op = calls.remove(ended.call());
        if (op == null) {
            throw new AssertionError("call " + ended.call() + " ended twice");
        }
        if (ended.result() instanceof QuorumResult.Read result) {
            seen.put(op.key, judge.read(op, result.row(), now()));
        } else if (ended.result() instanceof QuorumResult.Written) {
            judge.written(op, now());
        } else if (ended.result() instanceof QuorumResult.Failed failed) {
            judge.failed(op, failed, now());
        }
    }

    // faults

    private void strike() {
        var node = world.nodes().get(random.nextInt(world.nodes().size()));
        String name = node.id().value();
        switch (random.nextInt(12)) {
            case 0, 1 -> node.kill();
            case 2, 3, 4 -> {
                if (!node.isUp()) {
                    node.restart();
                }
            }
            case 5 -> {
                node.pause();
                world.after(Duration.ofMillis(200 + random.nextInt(1500)), node::resume);
            }
            case 6 -> world.network().isolate(name);
            case 7 -> world.network().cutOneWay(name, "n" + (1 + random.nextInt(world.nodes().size())));
            case 8 -> world.network().heal();
            case 9 -> changeMembers();
            case 10 -> node.clock().jumpWall(Duration.ofSeconds(random.nextInt(7200) - 3600));
            default -> loseDisk(name);
        }
    }

    /** One member comes, goes, or is replaced. */
    private void changeMembers() {
        if (ring.phase() != Ring.Phase.STABLE || write == 1) {
            return;
        }
        List<RingMember> next = new ArrayList<>(ring.current());
        List<String> outside = rows.keySet().stream()
                .filter(name -> !ring.has(NodeId.of(name)))
                .toList();
        boolean goes = next.size() > 3 || (!outside.isEmpty() && random.nextBoolean());
        boolean comes = !outside.isEmpty() && (next.size() == 3 || random.nextBoolean());
        if (comes) {
            next.add(member(outside.get(random.nextInt(outside.size()))));
        }
        if (goes && next.size() > 3) {
            next.remove(random.nextInt(next.size() - (comes ? 1 : 0)));
        }
        if (!next.equals(ring.current())) {
            commit(ring.changingTo(next));
        }
    }

    /** A disk is lost when all others of the ring are there and whole, and writes are on more than one. */
    private void loseDisk(String name) {
        boolean alone = ring.phase() == Ring.Phase.STABLE
                && write >= 2
                && ring.has(NodeId.of(name))
                && ring.current().stream()
                        .allMatch(member -> rows.get(member.node().value()).storeId() == member.store());
        if (alone && disksLost < 2) {
            disksLost++;
            world.node(name).kill();
            filled.remove(name);
            rows.put(name, new SimStore(nextStore++));
            hints.put(name, new SimStore(nextStore++));
            syncing.remove(name + true);
            syncing.remove(name + false);
            world.node(name).restartEmpty();
        }
    }

    // the run

    void run(BiConsumer<String, Double> figures) {
        long end = 15_000;
        long next = 300;
        for (long at = 0; at < end; at += 10) {
            world.advance(Duration.ofMillis(10));
            if (at > 300 && random.nextInt(2) == 0) {
                client();
            }
            if (at >= next) {
                strike();
                next = at + 100 + random.nextInt(900);
            }
        }
        faulty = false;
        world.heal();
        world.advance(Duration.ofMillis(1000));
        figures.accept("members settle after, ms", ms(() -> isSettled(), 8));
        world.advance(DEADLINE);
        figures.accept("all replicas equal after, ms", ms(this::isEqual, 6));
        last(figures);
        figures.accept("acknowledged", (double) judge.acknowledged);
        figures.accept("unknown", (double) judge.unknown);
        figures.accept("refused", (double) judge.refused);
        figures.accept("reads", (double) judge.reads);
        figures.accept("siblings at most", (double) judge.siblings);
        figures.accept("changes of the ring", (double) ringChanges);
        figures.accept("disks lost", (double) disksLost);
        counts.forEach((what, count) ->
                figures.accept(what.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '), (double) count));
        check(maxHints <= config.maxHints(), "hints " + maxHints + " beyond " + config.maxHints());
        check(ringChanges > 0 || maxTombstones <= config.maxTombstones(), "tombstones " + maxTombstones);
    }

    private double ms(BooleanSupplier holds, int seconds) {
        long began = now();
        while (!holds.getAsBoolean()) {
            check(now() - began < seconds * 1_000_000_000L, "not within " + seconds + " s: " + this);
            world.advance(Duration.ofMillis(10));
        }
        return (now() - began) / 1e6;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("ring " + ring + " reported " + reported);
        for (var node : world.live()) {
            QuorumNode each = node.protocol().node;
            text.append("\n  ").append(node.id()).append(" knows ring ").append(each.ring().epoch());
            text.append(", misses ").append(each.missing()).append(", hints ").append(each.hints());
            text.append(", rows ").append(rows.get(node.id().value()).size());
            text.append(", filled ").append(filled.get(node.id().value())).append(", open ").append(each.open()).append(", unsynced ").append(rows.get(node.id().value()).isDirty()).append(", tombstones ").append(each.tombstones());
        }
        return text.toString();
    }

    private boolean isSettled() {
        return ring.phase() == Ring.Phase.STABLE
                && world.live().size() == world.nodes().size()
                && world.live().stream()
                        .allMatch(node -> node.protocol().node.ring().equals(ring)
                                && !ring.isReplaced(node.id(), rows.get(node.id().value()).storeId())
                                && node.protocol().node.missing() == 0);
    }

    private boolean isEqual() {
        RingView view = new RingView(config.replicas());
        view.adopt(ring);
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            Set<Long> hashes = new HashSet<>();
            for (NodeId node : view.of(partition).readers()) {
                hashes.add(rows.get(node.value()).partitionHash(partition));
            }
            if (hashes.size() != 1) {
                return false;
            }
        }
        return true;
    }

    /** Everybody can read and write again, sees what was acknowledged, and when all is removed nothing is left. */
    private void last(BiConsumer<String, Double> figures) {
        for (String kind : List.of("s", "l")) {
            for (int i = 0; i < KEYS; i++) {
                String name = kind + i;
                for (var node : world.live()) {
                    done(call(node.id().value(), Kind.GET, name));
                }
                remove(name);
                for (var node : world.live()) {
                    done(call(node.id().value(), Kind.GET, name));
                }
            }
        }
        if (config.maxTombstones() > 100) {
            figures.accept("no row and no hint is left after, ms", ms(this::isEmpty, 20));
        }
    }

    private void done(Op op) {
        world.runUntil(() -> op.ended != Long.MAX_VALUE, DEADLINE.plusMillis(100));
    }

    private void remove(String name) {
        Op removal = call(ring.current().get(0).node().value(), Kind.REMOVE, name);
        done(removal);
        for (int again = 0; !removal.acknowledged && config.maxTombstones() > 100; again++) {
            check(again < 5, removal + " did not succeed after healing");
            removal = call(ring.current().get(0).node().value(), Kind.REMOVE, name);
            done(removal);
        }
    }

    private boolean isEmpty() {
        return rows.values().stream().allMatch(store -> store.size() == 0)
                && hints.values().stream().allMatch(store -> store.size() == 0);
    }

    private static void check(boolean holds, String flaw) {
        if (!holds) {
            throw new AssertionError(flaw);
        }
    }
}
