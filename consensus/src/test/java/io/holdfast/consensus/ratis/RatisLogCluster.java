package io.holdfast.consensus.ratis;

import io.holdfast.consensus.log.BatchApplier;
import io.holdfast.consensus.log.GroupLog;
import io.holdfast.consensus.log.GroupLogConfig;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.core.Address;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.testkit.contract.LogCluster;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.netty.NettyTransport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The log on real engines over real sockets, as the contract suites want it. */
final class RatisLogCluster implements LogCluster {
    private static final GroupId GROUP = GroupId.of("meta");

    private final Environment environment = Environment.system();
    private final Links links = new Links(environment);
    private final Map<NodeId, Address> addresses = new ConcurrentHashMap<>();
    private final Map<Integer, Life> lives = new HashMap<>();
    private final Path directory;
    private final List<PeerId> voters;
    private final GroupLogConfig config;
    private final IntFunction<ReplicatedLog.Applier> appliers;

    private record Life(
            Transport transport,
            RatisEngine engine,
            GroupLog log,
            SimpleMeterRegistry meters,
            AtomicReference<RaftReplica> replica) {
        boolean leads() {
            return replica.get().status().role() == RaftRole.LEADER;
        }

        void end() {
            log.close();
            engine.close();
            transport.close();
        }
    }

    RatisLogCluster(Path directory, int nodes, GroupLogConfig config, IntFunction<ReplicatedLog.Applier> appliers) {
        this.directory = directory;
        this.config = config;
        this.appliers = appliers;
        this.voters =
                IntStream.range(0, nodes).mapToObj(i -> new PeerId(id(i), 0)).toList();
        for (int i = 0; i < nodes; i++) {
            start(i);
        }
        for (int i = 0; i < nodes; i++) {
            open(i, new Opening.Found(voters));
        }
    }

    static NodeId id(int node) {
        return NodeId.of("n" + node);
    }

    private void start(int node) {
        NodeId id = id(node);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Transport transport = links.wrap(
                id,
                NettyTransport.start(
                        TransportIdentity.of(id.value(), "test"),
                        TransportConfig.local().withThreads(1),
                        environment,
                        meters));
        addresses.put(id, transport.address());
        Telemetry telemetry = new Telemetry(
                meters,
                OpenTelemetry.noop().getTracer("test"),
                new HealthChecks(),
                new FlightRecorder(environment.wallClock(), 100));
        RatisEngine engine = RatisEngine.start(
                id, transport, this::address, Group.steady(), environment, telemetry, directory.resolve(id.value()));
        GroupLog log = GroupLog.start(
                GROUP,
                id,
                transport,
                this::address,
                () -> voters.stream().map(PeerId::node).toList(),
                config,
                environment,
                telemetry);
        lives.put(node, new Life(transport, engine, log, meters, new AtomicReference<>()));
    }

    private Optional<Address> address(NodeId node) {
        return Optional.ofNullable(addresses.get(node));
    }

    private Life life(int node) {
        return Objects.requireNonNull(lives.get(node), "no such node");
    }

    private void open(int node, Opening opening) {
        BatchApplier applier = new BatchApplier(appliers.apply(node));
        Life life = life(node);
        RaftReplica replica = life.engine().open(GROUP, voters.get(node), opening, applier);
        life.replica().set(replica);
        var unused = life.log().attach(replica, applier);
    }

    Links links() {
        return links;
    }

    RaftRole role(int node) {
        return life(node).replica().get().status().role();
    }

    void campaign(int node) {
        life(node).replica().get().campaign();
    }

    int leader() {
        return Group.waitFor(
                "a leader",
                () -> lives.keySet().stream()
                        .filter(node -> life(node).replica().get().status().ready())
                        .findFirst());
    }

    /** Takes the lead from whoever has it. */
    void changeLeader() {
        int before = leader();
        isolate(before);
        Group.until(
                "another leader",
                () -> lives.entrySet().stream()
                        .anyMatch(node -> node.getKey() != before
                                && node.getValue().replica().get().status().ready()));
        heal();
    }

    /** Cuts the links between these and the others, of whom one stands at once. */
    void separate(List<Integer> these) {
        for (int one : these) {
            lives.keySet().stream()
                    .filter(other -> !these.contains(other))
                    .forEach(other -> links.cutBoth(id(one), id(other)));
        }
        lives.forEach((node, life) -> {
            if (!these.contains(node)) {
                life.replica().get().campaign();
            }
        });
    }

    void later(Runnable task) {
        environment.scheduler().schedule(Duration.ofMillis(1), task);
    }

    SimpleMeterRegistry meters(int node) {
        return life(node).meters();
    }

    @Override
    public ReplicatedLog log(int node) {
        return life(node).log();
    }

    @Override
    public MonotonicClock clock() {
        return environment.clock();
    }

    @Override
    public void isolate(int node) {
        boolean led = life(node).leads();
        links.isolate(id(node));
        if (led) {
            othersCampaign(node);
        }
    }

    /** As when its connections closed: the timeouts are too long to wait for. */
    private void othersCampaign(int node) {
        lives.forEach((other, life) -> {
            if (other != node) {
                life.replica().get().campaign();
            }
        });
    }

    @Override
    public void heal() {
        links.heal();
    }

    @Override
    public void kill(int node) {
        boolean led = life(node).leads();
        life(node).end();
        if (led) {
            othersCampaign(node);
        }
    }

    @Override
    public void restart(int node) {
        start(node);
        open(node, new Opening.Reopen());
    }

    @Override
    public void close() {
        lives.values().forEach(Life::end);
        environment.close();
    }
}
