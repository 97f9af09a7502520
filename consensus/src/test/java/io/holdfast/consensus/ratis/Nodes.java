package io.holdfast.consensus.ratis;

import io.holdfast.consensus.group.GroupConfig;
import io.holdfast.consensus.group.GroupNode;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.FileCells;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.netty.NettyTransport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Nodes that found, join, reopen and mend a group by themselves, with real engines over real sockets in one process. */
final class Nodes implements AutoCloseable {
    /** A node that runs. */
    final class Node implements AutoCloseable {
        final String name;
        final NodeId id;
        final Path data;
        final AtomicInteger opened = new AtomicInteger();
        final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 1000);
        final GroupNode group;
        private final Transport transport;
        private final FileCells cells;
        private final RatisEngine engine;
        private volatile boolean diskFails;
        private volatile Counting state = new Counting();

        private Node(String name, Path data, List<NodeId> founders) {
            this.name = name;
            this.id = NodeId.of(name);
            this.data = data;
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            Telemetry telemetry =
                    new Telemetry(meters, OpenTelemetry.noop().getTracer("test"), new HealthChecks(), recorder);
            transport = NettyTransport.start(
                    TransportIdentity.of(name, "test"), TransportConfig.local().withThreads(1), environment, meters);
            cells = FileCells.open(data.resolve("node"), name);
            engine = RatisEngine.start(
                    id, transport, cluster::address, raft, environment, telemetry, data.resolve("raft"), this::disk);
            Membership membership = cluster.join(id, transport.address(), founders);
            group = GroupNode.start(
                    GROUP,
                    config,
                    this::emptyState,
                    new GroupNode.Surroundings(
                            membership, transport, engine, data.resolve("raft"), cells, environment, telemetry));
        }

        private Counting emptyState() {
            opened.incrementAndGet();
            state = new Counting();
            return state;
        }

        private LogDisk disk(Path directory) throws IOException {
            LogDisk below = new SyncedDisk(directory);
            return new LogDisk() {
                @Override
                public void beforeSync(long index) throws IOException {
                    if (diskFails) {
                        throw new IOException("No space left on device (injected)");
                    }
                    below.beforeSync(index);
                }

                @Override
                public void beforeTruncate(long index) throws IOException {
                    below.beforeTruncate(index);
                }

                @Override
                public void close() throws IOException {
                    below.close();
                }
            };
        }

        void breakDisk() {
            diskFails = true;
        }

        void mendDisk() {
            diskFails = false;
        }

        Counting state() {
            return state;
        }

        Optional<ReplicaStatus> status() {
            return group.replica().map(RaftReplica::status);
        }

        RaftRole role() {
            return status().map(ReplicaStatus::role).orElse(RaftRole.STOPPED);
        }

        boolean runs() {
            return role() == RaftRole.FOLLOWER || role() == RaftRole.LEADER;
        }

        Optional<PeerId> peer() {
            return status().map(ReplicaStatus::self);
        }

        boolean decided(String text) {
            return recorder.entries().stream()
                    .anyMatch(entry -> entry.toString().contains(text));
        }

        @Override
        public void close() {
            group.close();
            engine.close();
            transport.close();
            cells.close();
        }
    }

    static final GroupId GROUP = GroupId.of("g");
    static final GroupConfig CONFIG =
            GroupConfig.lan().withInterval(Duration.ofMillis(200)).withReplaceAfter(Duration.ofMinutes(10));
    static final RaftConfig RAFT = RaftConfig.local().withElectionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(2));

    final Environment environment = Environment.system();
    final Map<String, Node> nodes = new TreeMap<>();
    private final TestCluster cluster = new TestCluster();
    private final Map<String, Path> places = new TreeMap<>();
    private final Path directory;
    private final GroupConfig config;
    private final RaftConfig raft;

    Nodes(Path directory, GroupConfig config, RaftConfig raft) {
        this.directory = directory;
        this.config = config;
        this.raft = raft;
    }

    static Nodes founded(Path directory, String... names) {
        return new Nodes(directory, CONFIG, RAFT).found(names);
    }

    /** Keeps a node's data elsewhere than with the others. */
    Nodes place(String name, Path data) {
        places.put(name, data);
        return this;
    }

    private Path place(String name) {
        return places.getOrDefault(name, directory.resolve(name));
    }

    Nodes found(String... names) {
        List<NodeId> founders = Arrays.stream(names).map(NodeId::of).toList();
        for (String name : names) {
            nodes.put(name, new Node(name, place(name), founders));
        }
        return this;
    }

    /** Starts a node that did not found the cluster, or one that comes back. */
    Node start(String name) {
        Node node = new Node(name, place(name), List.of());
        nodes.put(name, node);
        return node;
    }

    /** Stops without a word to the group; the membership notices. */
    void kill(String name) {
        Node node = nodes.remove(name);
        node.close();
        cluster.die(node.id);
    }

    Node leader() {
        return Group.waitFor("a leader", this::leading);
    }

    private Optional<Node> leading() {
        return nodes.values().stream()
                .filter(node -> node.status()
                        .filter(status -> status.role() == RaftRole.LEADER && status.ready())
                        .isPresent())
                .findFirst();
    }

    Node follower() {
        return Group.waitFor("a follower", () -> {
            Node leader = leader();
            return nodes.values().stream()
                    .filter(node -> node != leader && node.role() == RaftRole.FOLLOWER)
                    .findFirst();
        });
    }

    /** On whoever leads, until it is surely committed; it may be there more than once. */
    void append(String entry) {
        Group.waitFor("an append of " + entry, () -> leading().flatMap(leader -> tryAppend(leader, entry)));
    }

    static Optional<byte[]> tryAppend(Node node, String entry) {
        try {
            return node.group
                    .replica()
                    .map(replica -> replica.append(entry.getBytes(StandardCharsets.UTF_8))
                            .toCompletableFuture()
                            .orTimeout(60, TimeUnit.SECONDS)
                            .join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof NotAppliedException || e.getCause() instanceof UnknownOutcomeException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** So many replicas vote, all of them run, on these nodes. */
    void awaitVoters(int count) {
        Group.until(
                count + " voters run",
                () -> leading()
                        .flatMap(Node::status)
                        .map(ReplicaStatus::voters)
                        .filter(voters -> voters.outgoing().isEmpty()
                                && voters.current().size() == count
                                && voters.current().stream().allMatch(this::runs))
                        .isPresent());
    }

    private boolean runs(PeerId peer) {
        Node node = nodes.get(peer.node().value());
        return node != null && node.runs() && node.peer().equals(Optional.of(peer));
    }

    void awaitEverywhere(List<String> entries) {
        for (Node node : nodes.values()) {
            Group.until(
                    node.name + " has " + entries.size() + " entries",
                    () -> node.state().entries().stream().distinct().toList().equals(entries));
        }
    }

    @Override
    public void close() {
        nodes.values().forEach(Node::close);
        environment.close();
    }
}
