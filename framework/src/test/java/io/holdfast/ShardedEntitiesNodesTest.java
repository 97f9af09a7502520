package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.NodeId;
import io.holdfast.entity.EntityKey;
import io.holdfast.entity.OnReminder;
import io.holdfast.entity.Reminders;
import io.holdfast.entity.ShardedEntity;
import io.holdfast.sharding.ShardingMetric;
import io.holdfast.sharding.entity.EntityState;
import io.holdfast.sharding.placement.WhatIf;
import io.holdfast.testkit.cluster.HoldfastCluster;
import io.holdfast.testkit.cluster.TestCluster;
import io.micrometer.core.instrument.Timer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Entities on real nodes: who calls them from where, and what they see of nodes that come and go. */
class ShardedEntitiesNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String CONSENSUS = "holdfast.consensus.enabled=true";
    private static final String SHARDING = "holdfast.sharding.enabled=true";
    private static final String FEW = "holdfast.sharding.shards=32";
    private static final String QUICK = "holdfast.sharding.moves-at-once=16";
    private static final String PATIENT = "holdfast.client.timeout=20s";
    private static final int KEYS = 12;

    public static final class TooMuch extends Exception {
        private static final long serialVersionUID = 1L;
        private final long most;

        TooMuch(long most) {
            super("at most " + most);
            this.most = most;
        }

        long most() {
            return most;
        }
    }

    public interface Counter {
        long add(long amount) throws TooMuch;

        CompletionStage<Long> value();

        String home();

        void addLater(long amount);
    }

    record CounterState(long value) {}

    @ShardedEntity("counter")
    static final class CounterEntity implements Counter {
        private final EntityState<CounterState> state;
        private final NodeId node;
        private final Reminders reminders;

        CounterEntity(@EntityKey String key, EntityState<CounterState> state, NodeId node, Reminders reminders) {
            assertThat(key).isNotEmpty();
            this.state = state;
            this.node = node;
            this.reminders = reminders;
        }

        private long present() {
            return state.get().map(CounterState::value).orElse(0L);
        }

        @Override
        public long add(long amount) throws TooMuch {
            long next = present() + amount;
            state.set(new CounterState(next));
            if (amount > 100) {
                throw new TooMuch(100);
            }
            return next;
        }

        @Override
        public CompletionStage<Long> value() {
            return java.util.concurrent.CompletableFuture.completedFuture(present());
        }

        @Override
        public String home() {
            return node.value();
        }

        @Override
        public void addLater(long amount) {
            reminders.remind("add " + amount, Duration.ofMillis(300));
        }

        @OnReminder
        void add(String name) throws TooMuch {
            add(Long.parseLong(name.substring(4)));
        }
    }

    private static HoldfastNode node(TestCluster cluster, int index) {
        return (HoldfastNode) cluster.node(index);
    }

    private static Counter counter(HoldfastNode node, int key) {
        return node.entities().ref(Counter.class, "c" + key);
    }

    private static long value(HoldfastNode node, int key) {
        return counter(node, key).value().toCompletableFuture().join();
    }

    private static long total(HoldfastNode node) {
        return IntStream.range(0, KEYS).mapToLong(key -> value(node, key)).sum();
    }

    private static Set<String> homes(HoldfastNode node) {
        Set<String> homes = new TreeSet<>();
        IntStream.range(0, 100).forEach(key -> homes.add(counter(node, key).home()));
        return homes;
    }

    /** Threads that call entities without pause and count what became of it. */
    private static final class Load {
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicLong done = new AtomicLong();
        private final Queue<String> failed = new ConcurrentLinkedQueue<>();
        private final List<Thread> threads = new ArrayList<>();

        Load(HoldfastNode... nodes) {
            for (HoldfastNode node : nodes) {
                for (int i = 0; i < 2; i++) {
                    int first = i;
                    threads.add(new Thread(() -> run(node, first)));
                }
            }
            threads.forEach(Thread::start);
        }

        private void run(HoldfastNode node, int first) {
            for (int i = first; !over.get(); i++) {
                try {
                    counter(node, i % KEYS).add(1);
                    done.incrementAndGet();
                } catch (Exception e) {
                    failed.add(node.id() + ": " + e);
                }
            }
        }

        long done() {
            return done.get();
        }

        void awaitMore(int calls) {
            long before = done();
            await().atMost(LIMIT).until(() -> done() >= before + calls);
        }

        void end() throws InterruptedException {
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void awaitHomes(HoldfastNode node, String... expected) {
        await().atMost(LIMIT)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(homes(node)).containsExactly(expected));
    }

    /** One cluster for all: to found one takes longer than what is done to it. */
    @Test
    @HoldfastCluster(
            nodes = 4,
            settings = {
                CONSENSUS,
                SHARDING,
                FEW,
                QUICK,
                PATIENT,
                ConsensusNodesTest.STEADY_MIN,
                ConsensusNodesTest.STEADY_MAX
            })
    void everyCallCountsOnceThroughNodesThatJoinLeaveAndDie(TestCluster cluster) throws Exception {
        cluster.running().forEach(node -> ((HoldfastNode) node).awaitReady(LIMIT));
        HoldfastNode caller = node(cluster, 0);
        Load load = new Load(caller, node(cluster, 1));
        joins(cluster);
        leaves(cluster, load);
        dies(cluster, load);
        load.end();
        assertThat(total(node(cluster, 1)))
                .as("failed: %s", load.failed)
                .isBetween(load.done() + 5 + 7, load.done() + 5 + 7 + load.failed.size());
    }

    private static void joins(TestCluster cluster) throws Exception {
        for (int i = 1; i < 4; i++) {
            node(cluster, i).entities().host(CounterEntity.class);
        }
        awaitHomes(node(cluster, 0), "n1", "n2", "n3");
        assertThatThrownBy(() -> node(cluster, 1).entities().host(CounterEntity.class))
                .as("hosted twice")
                .hasMessageContaining("counter");
        assertThatThrownBy(() -> counter(node(cluster, 0), 1).add(101))
                .isInstanceOfSatisfying(
                        TooMuch.class, much -> assertThat(much.most()).isEqualTo(100));
        counter(node(cluster, 3), 2).add(7);
        counter(node(cluster, 2), 7).addLater(5);
        node(cluster, 0).entities().host(CounterEntity.class);
        awaitHomes(node(cluster, 2), "n0", "n1", "n2", "n3");
    }

    private static void leaves(TestCluster cluster, Load load) throws Exception {
        load.awaitMore(100);
        cluster.stop(3);
        load.awaitMore(100);
        assertThat(load.failed).as("neither a join nor a leave fails a call").isEmpty();
        assertThat(homes(node(cluster, 0))).containsExactly("n0", "n1", "n2");
        assertThat(begun(cluster, "handed_over")).as("shards that moved alive").isPositive();
        assertThat(begun(cluster, "taken"))
                .as("shards of a node that was not asked")
                .isZero();
        assertThat(admin(node(cluster, 1), "/admin/shards"))
                .contains("\"enabled\":true", "\"node\":\"n1\"", "\"planned\":[]");
        assertThat(node(cluster, 1).shards().plan().moves()).isEmpty();
        assertThat(node(cluster, 1)
                        .shards()
                        .plan(WhatIf.NOTHING.leaves(NodeId.of("n2")))
                        .moves())
                .as("what would move if n2 left")
                .isNotEmpty()
                .allMatch(move -> move.from().orElseThrow().node().equals(NodeId.of("n2")));
        assertThat(admin(node(cluster, 1), "/admin/shards/plan?without=n2"))
                .contains("\"leaving\":true", "\"from\":\"n2\"");
        assertThat(admin(node(cluster, 1), "/admin/shards/7")).contains("\"shard\":7,", "\"why\":\"shard 7 ");
    }

    private static void dies(TestCluster cluster, Load load) {
        ConsensusNodesTest.awaitThreeVoters(node(cluster, 0));
        node(cluster, 2).abandon();
        awaitHomes(node(cluster, 0), "n0", "n1");
        load.awaitMore(100);
        assertThat(begun(cluster, "taken")).isPositive();
    }

    /** How often nodes that run have begun to serve a shard in a way. */
    private static long begun(TestCluster cluster, String how) {
        return cluster.running().stream()
                .map(HoldfastNode.class::cast)
                .flatMap(node -> node
                        .telemetry()
                        .meters()
                        .find(ShardingMetric.MOVE_DURATION.spec().metric())
                        .tag("how", how)
                        .timers()
                        .stream())
                .mapToLong(Timer::count)
                .sum();
    }

    private static String admin(HoldfastNode node, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(node.admin().resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void aNodeWithoutShardingSaysHowToHaveIt() throws Exception {
        try (HoldfastNode node = Holdfast.node("plain").start()) {
            assertThatThrownBy(() -> node.entities().ref(Counter.class, "c").home())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("holdfast.sharding.enabled=true");
            assertThat(admin(node, "/admin/shards")).isEqualTo("{\"enabled\":false}");
        }
        assertThatThrownBy(() -> Holdfast.node("half").sharding(true).start())
                .hasMessageContaining("holdfast.consensus.enabled is false");
    }
}
