package io.holdfast.consensus.ratis;

import static org.awaitility.Awaitility.await;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.core.Address;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.netty.NettyTransport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Real engines over real sockets in one process: a group whose members start, stop and lose their links. */
final class Group implements AutoCloseable {
    /** A member of the test. */
    final class Member {
        final NodeId node;
        final Transport transport;
        final RatisEngine engine;
        final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        final FlightRecorder recorder;
        Counting state = new Counting();
        RaftReplica replica;
        PeerId peer;

        Member(String name) {
            node = NodeId.of(name);
            transport = links.wrap(
                    node,
                    NettyTransport.start(
                            TransportIdentity.of(name, "test"),
                            TransportConfig.local().withThreads(1),
                            environment,
                            meters));
            addresses.put(node, transport.address());
            recorder = new FlightRecorder(environment.wallClock(), 100);
            Telemetry telemetry =
                    new Telemetry(meters, OpenTelemetry.noop().getTracer("test"), new HealthChecks(), recorder);
            engine = RatisEngine.start(
                    node,
                    transport,
                    id -> Optional.ofNullable(addresses.get(id)),
                    config,
                    environment,
                    telemetry,
                    directory.resolve(name));
        }

        void open(long incarnation, Opening opening) {
            peer = new PeerId(node, incarnation);
            state = new Counting();
            replica = engine.open(group, peer, opening, state);
        }

        void close() {
            engine.close();
            transport.close();
            addresses.remove(node);
        }
    }

    final GroupId group = GroupId.of("g");
    final Environment environment = Environment.system();
    final Links links = new Links(environment);
    final Map<NodeId, Address> addresses = new ConcurrentHashMap<>();
    final Map<String, Member> members = new TreeMap<>();
    private final Path directory;
    private final RaftConfig config;

    Group(Path directory, RaftConfig config) {
        this.directory = directory;
        this.config = config;
    }

    static RaftConfig quick() {
        return RaftConfig.local();
    }

    Group found(String... names) {
        List<PeerId> founders =
                Arrays.stream(names).map(name -> new PeerId(NodeId.of(name), 0)).toList();
        for (String name : names) {
            member(name);
        }
        for (String name : names) {
            members.get(name).open(0, new Opening.Found(founders));
        }
        return this;
    }

    Member member(String name) {
        return members.computeIfAbsent(name, Member::new);
    }

    Member join(String name, long incarnation) {
        Member member = member(name);
        member.open(incarnation, new Opening.Join());
        return member;
    }

    void stop(String name) {
        members.remove(name).close();
    }

    Member reopen(String name, long incarnation) {
        Member member = member(name);
        member.open(incarnation, new Opening.Reopen());
        return member;
    }

    Member leader() {
        return waitFor("a leader", () -> leaders().stream().findFirst());
    }

    Member leaderOtherThan(Member old) {
        return waitFor(
                "another leader", () -> leaders().stream().filter(m -> m != old).findFirst());
    }

    private List<Member> leaders() {
        List<Member> found = new ArrayList<>();
        for (Member member : members.values()) {
            if (member.replica != null
                    && member.replica.status().role() == RaftRole.LEADER
                    && member.replica.status().ready()) {
                found.add(member);
            }
        }
        return found;
    }

    List<Member> followers() {
        Member leader = leader();
        return members.values().stream().filter(m -> m != leader).toList();
    }

    static <T> T waitFor(String what, Supplier<Optional<T>> found) {
        return await(what)
                .atMost(60, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(5))
                .until(found::get, Optional::isPresent)
                .orElseThrow();
    }

    static void until(String what, java.util.concurrent.Callable<Boolean> condition) {
        await(what)
                .atMost(60, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String append(Member member, String entry) {
        return new String(
                member.replica
                        .append(bytes(entry))
                        .toCompletableFuture()
                        .orTimeout(30, TimeUnit.SECONDS)
                        .join(),
                StandardCharsets.UTF_8);
    }

    /** Appends, on whoever leads, until it is surely committed. */
    String appendAnywhere(String entry) {
        return waitFor("an append", () -> {
            try {
                return Optional.of(append(leader(), entry));
            } catch (java.util.concurrent.CompletionException e) {
                return Optional.empty();
            }
        });
    }

    void everybodyHas(List<String> entries) {
        for (Member member : members.values()) {
            until(
                    member.node + " applies " + entries.size(),
                    () -> member.state.entries().equals(entries));
        }
    }

    @Override
    public void close() {
        members.values().forEach(Member::close);
        environment.close();
    }
}
