package io.holdfast.consensus.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.primitive.MapChange;
import io.holdfast.consensus.primitive.MapCondition;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.session.SessionConfig;
import io.holdfast.consensus.session.Watcher;
import io.holdfast.consensus.state.Event;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReadConsistency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/**
 * A leader that falls silent without closing its connections, as a process does that is stopped by SIGSTOP or by its collector: what waits for it goes to the next leader as soon as there is one,
 * on nodes with a replica and without, and is done once.
 */
class SilentLeaderTest {
    private static final int VOTERS = 3;
    private static final int NODES = 5;
    private static final Duration SILENT = Duration.ofSeconds(6);
    /** What a client may wait beyond the election: a quarter of a second until its node asks around, and what its requests take. */
    private static final Duration AFTER_ELECTION = Duration.ofMillis(500);

    /** What one client does, one thing after the other. */
    private enum Kind {
        WRITES,
        READS,
        READS_BOUNDED,
        READS_LOCALLY,
        WATCHES
    }

    /** A client at a node, that notes the longest time between two of its answers. */
    private static final class Client {
        final ModelCluster cluster;
        final GroupSession session;
        final int node;
        final Kind kind;
        final List<String> failures = new ArrayList<>();
        int answers;
        long last;
        long longest;

        Client(ModelCluster cluster, GroupSession session, int node, Kind kind) {
            this.cluster = cluster;
            this.session = session;
            this.node = node;
            this.kind = kind;
            this.last = now();
        }

        long now() {
            return cluster.clock().nanoTime();
        }

        String key() {
            return "n" + node;
        }

        void start() {
            if (kind == Kind.WATCHES) {
                session.watch(MapType.ID, "m", KeyRange.ALL, 0, new Watcher() {
                    @Override
                    public void onEvents(List<Event> events) {
                        answered();
                    }

                    @Override
                    public void onCompacted(long revision) {
                        failures.add("compacted");
                    }
                });
            } else {
                go();
            }
        }

        private void go() {
            act(Deadline.after(now(), Duration.ofSeconds(5))).whenComplete((answer, error) -> {
                if (error == null) {
                    answered();
                } else {
                    failures.add(error.toString());
                }
                cluster.environment.scheduler().schedule(Duration.ofMillis(20), this::go);
            });
        }

        private CompletionStage<?> act(Deadline deadline) {
            if (kind == Kind.WRITES) {
                byte[] put =
                        MapType.write(MapCondition.ALWAYS, MapChange.put(Register.bytes(key()), Register.bytes("v")));
                return session.submit(MapType.ID, "m", put, deadline);
            }
            ReadConsistency consistency = kind == Kind.READS
                    ? ReadConsistency.LINEARIZABLE
                    : kind == Kind.READS_LOCALLY
                            ? ReadConsistency.LOCAL
                            : ReadConsistency.bounded(Duration.ofMillis(50));
            return session.ask(MapType.ID, "m", MapType.get(Register.bytes(key())), consistency, deadline);
        }

        private void answered() {
            longest = Math.max(longest, now() - last);
            last = now();
            answers++;
        }

        @Override
        public String toString() {
            return kind + " at n" + node + (node < VOTERS ? "" : ", which has no replica") + ": " + answers
                    + " answers, longest gap " + Duration.ofNanos(longest).toMillis() + " ms, failures " + failures;
        }
    }

    private static List<Client> clients(ModelCluster cluster, int silent) {
        List<Client> clients = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            if (node != silent) {
                GroupSession session = GroupSession.start(
                        cluster.log(node),
                        NodeId.of(ModelCluster.name(node)),
                        SessionConfig.lan(),
                        cluster.environment);
                for (Kind kind : Kind.values()) {
                    clients.add(new Client(cluster, session, node, kind));
                }
            }
        }
        return clients;
    }

    @Property(tries = 5, shrinking = ShrinkingMode.OFF)
    void whatWaitsForASilentLeaderGoesToTheNextOneAtOnce(@ForAll long seed) {
        check(seed);
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    @Tag("slow")
    void whatWaitsForASilentLeaderGoesToTheNextOneOverManySeeds(@ForAll long seed) {
        check(seed);
    }

    private static void check(long seed) {
        ModelCluster cluster = new ModelCluster(
                seed,
                VOTERS,
                NODES - VOTERS,
                GroupLogConfig.lan(),
                node -> new PrimitiveMachine(Consensus.types(), StateLimits.standard()));
        int silent = cluster.leader();
        List<Client> clients = clients(cluster, silent);
        clients.forEach(Client::start);
        cluster.environment.advance(Duration.ofSeconds(1));
        assertThat(clients).allMatch(client -> client.answers > 5);
        clients.forEach(client -> client.longest = 0);
        long term = cluster.raft(silent).status().term();
        long began = cluster.clock().nanoTime();
        cluster.isolate(silent);
        cluster.advanceUntil(
                "another leads",
                () -> IntStream.range(0, VOTERS)
                        .mapToObj(cluster::raft)
                        .anyMatch(raft -> raft.status().ready() && raft.status().term() > term));
        long election = cluster.clock().nanoTime() - began;
        cluster.environment.advance(SILENT);
        for (Client client : clients) {
            assertThat(Duration.ofNanos(client.longest))
                    .as("seed %d, the election took %d ms, %s", seed, election / 1_000_000, client)
                    .isLessThan(Duration.ofNanos(election).plus(AFTER_ELECTION));
        }
        cluster.heal();
        cluster.environment.advance(Duration.ofSeconds(2));
        assertThat(clients).as("seed %d", seed).allMatch(client -> client.failures.isEmpty());
    }
}
