package io.holdfast.consensus.log;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.testkit.contract.LogCluster;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimEnvironment;
import io.holdfast.testkit.sim.SimWire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Logs on nodes {@code n0}, {@code n1} and so on over a simulated wire; the first so many have a replica of the model, the others are gateways. */
final class ModelCluster implements LogCluster {
    final SimEnvironment environment;
    final SimWire wire;
    final ModelGroup group;
    private final GroupLogConfig config;
    private final int nodes;
    private final IntFunction<ReplicatedLog.Applier> appliers;
    private final Map<Integer, Node> running = new HashMap<>();

    /** One life of a node. */
    record Node(
            Transport transport,
            GroupLog log,
            @Nullable ModelRaft raft,
            @Nullable BatchApplier applier,
            @Nullable Registration attached) {}

    ModelCluster(
            long seed, int voters, int gateways, GroupLogConfig config, IntFunction<ReplicatedLog.Applier> appliers) {
        this.environment = SimEnvironment.seed(seed);
        this.wire = new SimWire(environment, seed, LinkFaults.lan());
        this.group = new ModelGroup(environment, seed, voters);
        this.config = config;
        this.nodes = voters + gateways;
        this.appliers = appliers;
        for (int i = 0; i < nodes; i++) {
            start(i);
        }
    }

    static String name(int node) {
        return "n" + node;
    }

    private static NodeId id(int node) {
        return NodeId.of(name(node));
    }

    private void start(int node) {
        Transport transport = wire.start(name(node));
        List<NodeId> candidates =
                IntStream.range(0, nodes).mapToObj(ModelCluster::id).toList();
        Telemetry telemetry = new Telemetry(
                new SimpleMeterRegistry(),
                OpenTelemetry.noop().getTracer("test"),
                new HealthChecks(),
                new FlightRecorder(environment.wallClock(), 16));
        GroupLog log = GroupLog.start(
                ModelGroup.GROUP,
                id(node),
                transport,
                peer -> Optional.of(Address.of(peer.value(), transport.address().port())),
                () -> candidates,
                config,
                environment,
                telemetry);
        ModelRaft raft = null;
        BatchApplier applier = null;
        Registration attached = null;
        if (node < group.voters.size()) {
            applier = new BatchApplier(appliers.apply(node));
            raft = group.start(node, applier);
            attached = log.attach(raft, applier);
        }
        running.put(node, new Node(transport, log, raft, applier, attached));
    }

    Node node(int node) {
        return Objects.requireNonNull(running.get(node), "no such node");
    }

    ModelRaft raft(int node) {
        return Objects.requireNonNull(node(node).raft(), "the node is a gateway");
    }

    @Override
    public GroupLog log(int node) {
        return node(node).log();
    }

    @Override
    public MonotonicClock clock() {
        return environment.clock();
    }

    void advanceUntil(String what, BooleanSupplier condition) {
        for (int i = 0; i < 25_000 && !condition.getAsBoolean(); i++) {
            environment.advance(Duration.ofMillis(1));
        }
        if (!condition.getAsBoolean()) {
            throw new AssertionError("not within 25 virtual seconds: " + what);
        }
    }

    int leader() {
        advanceUntil("a leader is ready", () -> readyLeader() >= 0);
        return readyLeader();
    }

    private int readyLeader() {
        return IntStream.range(0, group.voters.size())
                .filter(i -> raft(i).status().ready())
                .findFirst()
                .orElse(-1);
    }

    void cut(int from, int to) {
        wire.network().cutOneWay(name(from), name(to));
        group.cut(from, to);
    }

    @Override
    public void isolate(int node) {
        for (int other = 0; other < nodes; other++) {
            if (other != node) {
                cut(node, other);
                cut(other, node);
            }
        }
    }

    @Override
    public void heal() {
        wire.network().heal();
        group.heal();
    }

    @Override
    public void kill(int node) {
        wire.kill(name(node));
        ModelRaft raft = node(node).raft();
        if (raft != null && !raft.isClosed()) {
            if (group.random.nextBoolean()) {
                raft.snapshot();
            }
            raft.close();
        }
        node(node).log().close();
    }

    @Override
    public void restart(int node) {
        start(node);
    }

    @Override
    public void close() {
        running.keySet().forEach(this::kill);
    }
}
