package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.store.SimStore;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.RowKey;
import io.holdfast.replication.version.Sibling;
import io.holdfast.replication.version.Versions;
import io.holdfast.testkit.sim.SimHost;
import io.holdfast.testkit.sim.SimWorld;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A quiet world in which one thing goes wrong at a time: members {@code n1} to {@code n<count>}, who know each other and the ring, and whose stores sync a millisecond later. */
final class Village implements SimQuorum.Surroundings {
    static final CallSpec MAJORITY = new CallSpec(2, 2, false, true);
    static final CallSpec SLOPPY = new CallSpec(2, 2, true, false);

    final SimWorld<SimQuorum, QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> world;
    final Map<String, SimStore> rows = new TreeMap<>();
    final Map<String, SimStore> hints = new TreeMap<>();
    private final Map<Long, QuorumResult> results = new HashMap<>();
    private final QuorumConfig config;
    Ring ring;
    private long calls;

    Village(int count) {
        this(count, config());
    }

    Village(int count, QuorumConfig config) {
        this.config = config;
        String[] names = IntStream.rangeClosed(1, count).mapToObj(i -> "n" + i).toArray(String[]::new);
        for (String name : names) {
            rows.put(name, new SimStore(rows.size() + 1));
            hints.put(name, new SimStore(1000 + hints.size()));
        }
        ring = Ring.stable(1, members(names));
        world = SimWorld.seed(1).nodes(names).start(this::node);
        world.onPublish(entry -> {
            if (entry.event() instanceof QuorumEvent.Ended ended) {
                results.put(ended.call(), ended.result());
            }
        });
        world.advance(Duration.ofMillis(100));
    }

    static QuorumConfig config() {
        return new QuorumConfig(
                3,
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                1000,
                1000,
                3,
                1 << 20);
    }

    List<RingMember> members(String... names) {
        return java.util.Arrays.stream(names)
                .map(name -> new RingMember(NodeId.of(name), "", rows.get(name).storeId()))
                .toList();
    }

    private SimQuorum node(SimHost host) {
        String name = host.id().value();
        return new SimQuorum(host, config, QuorumRules.SOUND, rows.get(name), hints.get(name), this);
    }

    @Override
    public void started(SimQuorum node) {
        for (var other : world.nodes()) {
            request(node.host.id().value(), new QuorumRequest.Neighbour(other.id(), other.address(), true));
        }
        request(node.host.id().value(), new QuorumRequest.RingIs(ring));
    }

    @Override
    public void syncSoon(SimQuorum node) {
        world.after(Duration.ofMillis(1), () -> {
            String name = node.host.id().value();
            if (world.node(name).isUp() && world.node(name).protocol() == node && node.rows.isDirty()) {
                node.rows.syncTo(node.rows.position());
                request(name, new QuorumRequest.Synced(node.rows.position()));
            }
            if (world.node(name).isUp() && world.node(name).protocol() == node && node.hints.isDirty()) {
                node.hints.syncTo(node.hints.position());
                request(name, new QuorumRequest.HintsSynced(node.hints.position()));
            }
        });
    }

    void request(String node, QuorumRequest request) {
        world.after(Duration.ZERO, () -> {
            if (world.node(node).isUp()) {
                world.node(node).request(request);
            }
        });
    }

    /** Membership of all tells that a node is there, or gone. */
    void believe(String node, boolean alive) {
        for (var other : world.live()) {
            request(
                    other.id().value(),
                    new QuorumRequest.Neighbour(
                            world.node(node).id(), world.node(node).address(), alive));
        }
        world.advance(Duration.ofMillis(1));
    }

    /** Dies, and is believed dead. */
    void kill(String node) {
        world.node(node).kill();
        believe(node, false);
    }

    void restart(String node) {
        world.node(node).restart();
        believe(node, true);
        world.advance(Duration.ofMillis(50));
    }

    static RowKey key(String name) {
        return RowKey.of("m", name.getBytes(StandardCharsets.UTF_8));
    }

    List<String> replicas(String name) {
        RingView view = new RingView(config.replicas());
        view.adopt(ring);
        return view.of(key(name)).readers().stream().map(NodeId::value).toList();
    }

    QuorumResult read(String node, String name, CallSpec spec) {
        long call = ++calls;
        long deadline = world.node(node).clock().nanoTime() + Duration.ofSeconds(1).toNanos();
        return result(node, call, new QuorumRequest.Get(call, key(name), spec, deadline));
    }

    QuorumResult write(String node, String name, String value, CausalContext known, CallSpec spec) {
        return change(
                node,
                name,
                new RowChange(ConflictPolicy.SIBLINGS, known, 0, value.getBytes(StandardCharsets.UTF_8)),
                spec);
    }

    QuorumResult change(String node, String name, RowChange change, CallSpec spec) {
        long call = ++calls;
        long deadline = world.node(node).clock().nanoTime() + Duration.ofSeconds(1).toNanos();
        return result(node, call, new QuorumRequest.Change(call, key(name), change, spec, deadline));
    }

    private QuorumResult result(String node, long call, QuorumRequest request) {
        request(node, request);
        world.runUntil(() -> results.containsKey(call), Duration.ofMillis(1200));
        return results.get(call);
    }

    static List<String> values(Versions row) {
        return row.siblings().stream()
                .map(Sibling::value)
                .filter(java.util.Objects::nonNull)
                .map(value -> new String(value, StandardCharsets.UTF_8))
                .sorted()
                .toList();
    }

    List<String> stored(String node, String name) {
        byte[] state = rows.get(node).get(key(name));
        return state == null ? List.of() : values(Versions.decode(state));
    }
}
