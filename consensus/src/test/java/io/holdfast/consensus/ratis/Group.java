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
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnknownOutcomeException;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

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

    /** How long a step may take on a starved machine. */
    static final Duration LIMIT = Duration.ofSeconds(60);

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

    /** For rules about elections: a starved process may lose its leader at any moment. */
    static RaftConfig quick() {
        return RaftConfig.local();
    }

    /** For all other rules: a starved process keeps its leader; the first one is elected as quickly. */
    static RaftConfig steady() {
        return RaftConfig.local().withElectionTimeout(Duration.ofSeconds(3), Duration.ofSeconds(5));
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

    /** Ends a member; if it led, the others stand at once, as after a connection that closed. */
    void stop(String name) {
        Member member = members.remove(name);
        boolean led = member.replica != null && member.replica.status().role() == RaftRole.LEADER;
        member.close();
        if (led) {
            members.values().stream().filter(m -> m.replica != null).forEach(m -> m.replica.campaign());
        }
    }

    Member reopen(String name, long incarnation) {
        Member member = member(name);
        member.open(incarnation, new Opening.Reopen());
        return member;
    }

    Member leader() {
        return leaderWithin(LIMIT);
    }

    Member leaderWithin(Duration limit) {
        return waitFor("a leader", limit, () -> leaders().stream().findFirst());
    }

    /** Waits until the others of a leader that was cut off or removed follow one of them; they stand at once. */
    Member leaderAfter(Member old) {
        members.values().stream().filter(m -> m != old && m.replica != null).forEach(m -> m.replica.campaign());
        return leaderOtherThan(old);
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
        return others(leader());
    }

    List<Member> others(Member member) {
        return members.values().stream().filter(m -> m != member).toList();
    }

    static <T> T waitFor(String what, Supplier<Optional<T>> found) {
        return waitFor(what, LIMIT, found);
    }

    private static <T> T waitFor(String what, Duration limit, Supplier<Optional<T>> found) {
        return await(what)
                .atMost(limit)
                .pollInterval(Duration.ofMillis(5))
                .until(found::get, Optional::isPresent)
                .orElseThrow();
    }

    static void until(String what, java.util.concurrent.Callable<Boolean> condition) {
        await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String append(Member member, String entry) {
        return new String(
                member.replica
                        .append(bytes(entry))
                        .toCompletableFuture()
                        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .join(),
                StandardCharsets.UTF_8);
    }

    /** Appends, on whoever leads, until it is surely committed; it may be there more than once if the lead changed. */
    String appendAnywhere(String entry) {
        return onLeader("an append", leader -> append(leader, entry));
    }

    /** Takes a step on whoever leads, again on the next one if the lead changed meanwhile. */
    <T> T onLeader(String what, Function<Member, T> step) {
        return repeat(what, this::leader, step);
    }

    /** As {@link #onLeader}, where one who does not know it yet may still think it leads. */
    <T> T onLeaderOtherThan(Member old, String what, Function<Member, T> step) {
        return repeat(what, () -> leaderOtherThan(old), step);
    }

    private static <T> T repeat(String what, Supplier<Member> leader, Function<Member, T> step) {
        return waitFor(what, () -> {
            try {
                return Optional.of(step.apply(leader.get()));
            } catch (CompletionException e) {
                if (e.getCause() instanceof NotAppliedException || e.getCause() instanceof UnknownOutcomeException) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** Appends many to one leader without waiting for each; in order. */
    static void appendAll(Member leader, List<String> entries) {
        List<CompletableFuture<byte[]>> results = entries.stream()
                .map(entry -> leader.replica.append(bytes(entry)).toCompletableFuture())
                .toList();
        results.forEach(
                result -> result.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join());
    }

    static List<String> numbered(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "e" + i).toList();
    }

    /** Has a snapshot written that holds all that is applied there now; returns its last entry. */
    static long snapshot(RaftReplica of) {
        Replica replica = (Replica) of;
        long applied = replica.status().applied();
        return waitFor("a snapshot of " + applied, () -> {
            var latest = replica.division().getStateMachine().getLatestSnapshot();
            if (latest != null && latest.getIndex() >= applied) {
                return Optional.of(latest.getIndex());
            }
            replica.askForSnapshot();
            return Optional.empty();
        });
    }

    /** In this order; a change of the lead may have doubled some. */
    void everybodyHas(List<String> entries) {
        for (Member member : members.values()) {
            until(
                    member.node + " applies " + entries.size(),
                    () -> member.state.entries().stream().distinct().toList().equals(entries));
        }
    }

    void everybodyHasTheSame() {
        until(
                "all have the same entries",
                () -> members.values().stream()
                                .map(member -> member.state.entries())
                                .distinct()
                                .count()
                        == 1);
    }

    @Override
    public void close() {
        members.values().forEach(Member::close);
        environment.close();
    }
}
