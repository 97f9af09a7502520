package io.holdfast.sharding.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.RandomSource;
import io.holdfast.core.env.Scheduler;
import io.holdfast.core.env.Threads;
import io.holdfast.core.env.WallClock;
import io.holdfast.core.transport.Transport;
import io.holdfast.sharding.ShardDirectory;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimEnvironment;
import io.holdfast.testkit.sim.SimWire;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ShardWorkTest {
    private static final int SHARDS = 32;

    private final SimEnvironment time = SimEnvironment.seed(5);
    private final SimWire wire = new SimWire(time, 5, LinkFaults.lan());
    private final Map<NodeId, Address> listening = new HashMap<>();
    private final AtomicInteger runs = new AtomicInteger();
    private ShardMap map = ShardMap.empty("entities", SHARDS);
    private final Node a = new Node("a");
    private final Node b = new Node("b");

    private final class Node implements ShardDirectory {
        private final NodeId id;
        private final ShardWork work;
        private ShardMap known = map;

        Node(String name) {
            this(name, time.threads());
        }

        Node(String name, Threads threads) {
            id = NodeId.of(name);
            Transport transport = wire.start(name);
            listening.put(id, transport.address());
            work = new ShardWork(
                    new Threaded(time, threads), this, transport, node -> Optional.ofNullable(listening.get(node)), 64);
            work.register("sum", (tenure, argument) -> {
                runs.incrementAndGet();
                return new byte[] {(byte) (tenure.shard() + argument[0])};
            });
            work.register("odd", (tenure, argument) -> {
                if (tenure.shard() % 2 == 1) {
                    throw new IllegalStateException("odd");
                }
                return argument;
            });
        }

        @Override
        public NodeId self() {
            return id;
        }

        @Override
        public ShardMap map() {
            return known;
        }

        @Override
        public void learn(ShardMap seen) {
            known = seen.revision() > known.revision() ? seen : known;
        }

        @Override
        public Optional<Tenure> tenure(int shard) {
            boolean mine =
                    map.at(shard).owner().filter(o -> o.node().equals(id)).isPresent();
            return mine && known.revision() == map.revision()
                    ? Optional.of(new Held(shard, map.at(shard).epoch()))
                    : Optional.empty();
        }

        @Override
        public CompletionStage<Optional<Tenure>> await(int shard, long revision, Deadline deadline) {
            return CompletableFuture.completedFuture(tenure(shard));
        }

        CompletableFuture<WorkReport> begin(String name, int argument) {
            return work.forEach(
                            name,
                            new byte[] {(byte) argument},
                            Deadline.after(time.clock().nanoTime(), Duration.ofSeconds(3)))
                    .toCompletableFuture();
        }

        WorkReport ask(String name, int argument) {
            CompletableFuture<WorkReport> report = begin(name, argument);
            time.advance(Duration.ofSeconds(4));
            return report.join();
        }
    }

    /** Virtual time, and whatever threads are to block. */
    private record Threaded(SimEnvironment time, Threads threads) implements Environment {
        @Override
        public MonotonicClock clock() {
            return time.clock();
        }

        @Override
        public WallClock wallClock() {
            return time.wallClock();
        }

        @Override
        public Scheduler scheduler() {
            return time.scheduler();
        }

        @Override
        public RandomSource random() {
            return time.random();
        }

        @Override
        public void close() {
            // the test goes on
        }
    }

    /** A function that blocks, and counts the interrupts that end it. */
    private static final class Blocking {
        final Semaphore begun = new Semaphore(0);
        final Semaphore interrupted = new Semaphore(0);
        final CountDownLatch end = new CountDownLatch(1);

        byte[] run() {
            begun.release();
            try {
                end.await();
            } catch (InterruptedException e) {
                interrupted.release();
            }
            return new byte[0];
        }
    }

    private record Held(int shard, Epoch epoch) implements Tenure {
        @Override
        public ReplicatedTable table() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ReplicatedTable.Condition fence() {
            return new ReplicatedTable.Condition("f", 1);
        }

        @Override
        public boolean holds() {
            return true;
        }
    }

    private void assign(int shard, Node owner) {
        Ownership now = map.at(shard);
        map = map.with(Map.of(shard, now.takenBy(new Host(owner.id, 1))));
    }

    private void assignAll() {
        for (int shard = 0; shard < SHARDS; shard++) {
            assign(shard, shard % 3 == 0 ? a : b);
        }
        a.learn(map);
        b.learn(map);
    }

    @Test
    void aFunctionRunsOnceForEachShardOnItsOwner() {
        assignAll();
        WorkReport report = a.ask("sum", 3);
        assertThat(report.isComplete()).isTrue();
        assertThat(report.results()).hasSize(SHARDS);
        assertThat(report.results().get(7)).containsExactly(10);
        assertThat(runs).hasValue(SHARDS);
    }

    @Test
    void whatFailsIsReportedBesideWhatDoesNot() {
        assignAll();
        WorkReport report = b.ask("odd", 3);
        assertThat(report.results()).hasSize(SHARDS / 2);
        assertThat(report.failures()).hasSize(SHARDS / 2);
        assertThat(report.failures().get(5))
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("function odd failed on shard 5: java.lang.IllegalStateException: odd");
        assertThat(b.ask("unheard-of", 1).failures().get(5))
                .hasMessageContaining("no function unheard-of is registered on node b");
    }

    @Test
    void shardsWithoutAnOwnerOrOutOfReachAreReportedInTime() {
        assignAll();
        map = map.with(Map.of(4, Ownership.NONE));
        a.learn(map);
        b.learn(map);
        wire.network().cut("a", "b");
        WorkReport report = a.ask("sum", 3);
        assertThat(report.failures().get(4)).isInstanceOf(UnavailableException.class);
        assertThat(report.failures().get(5)).isInstanceOfAny(UnavailableException.class, UnknownOutcomeException.class);
        assertThat(report.results()).hasSize(11);
    }

    @Test
    void whoAsksByAnOldMapIsToldTheNewOne() {
        assignAll();
        for (int shard = 0; shard < SHARDS; shard += 2) {
            assign(shard, a);
        }
        b.learn(map);
        a.learn(map);
        Node c = new Node("c");
        c.known = ShardMap.empty("entities", SHARDS);
        for (int shard = 0; shard < SHARDS; shard++) {
            c.known = c.known.with(Map.of(shard, Ownership.NONE.takenBy(new Host(b.id, 1))));
        }
        c.known = new ShardMap("entities", 1, c.known.shards(), c.known.rules(), c.known.terms());
        assertThat(c.ask("sum", 1).isComplete()).isTrue();
        assertThat(c.known.revision()).isEqualTo(map.revision());
        assertThat(runs).hasValue(SHARDS);
    }

    @Test
    void whoCancelsInterruptsTheFunctionOnEveryOwnerAndBeginsItNowhereElse() throws Exception {
        try (Environment real = Environment.system()) {
            Blocking blocking = new Blocking();
            Node c = new Node("c", real.threads());
            Node d = new Node("d", real.threads());
            for (int shard = 0; shard < SHARDS; shard++) {
                assign(shard, shard % 2 == 0 ? c : d);
            }
            List.of(c, d).forEach(node -> {
                node.learn(map);
                node.work.register("block", (tenure, argument) -> blocking.run());
            });
            CompletableFuture<WorkReport> report = c.begin("block", 1);
            time.advance(Duration.ofMillis(100)); // the requests arrive
            assertThat(blocking.begun.tryAcquire(ShardWork.AT_ONCE, 20, TimeUnit.SECONDS))
                    .isTrue();
            report.cancel(true);
            time.advance(Duration.ofMillis(100)); // so does the end of them
            assertThat(blocking.interrupted.tryAcquire(ShardWork.AT_ONCE, 20, TimeUnit.SECONDS))
                    .as("functions that were interrupted here and there")
                    .isTrue();
            time.advance(Duration.ofSeconds(2));
            assertThat(blocking.begun.availablePermits()).isZero();
        }
    }

    @Test
    void aFunctionThatIgnoresItsInterruptDoesNotHoldTheReportBeyondTheDeadline() throws Exception {
        try (Environment real = Environment.system()) {
            Node c = new Node("c", real.threads());
            CountDownLatch end = new CountDownLatch(1);
            for (int shard = 0; shard < SHARDS; shard++) {
                assign(shard, c);
            }
            c.learn(map);
            Semaphore begun = new Semaphore(0);
            c.work.register("deaf", (tenure, argument) -> {
                begun.release();
                boolean ended = false;
                while (!ended) {
                    try {
                        end.await();
                        ended = true;
                    } catch (InterruptedException e) {
                        // deaf
                    }
                }
                return argument;
            });
            CompletableFuture<WorkReport> report = c.begin("deaf", 1);
            assertThat(begun.tryAcquire(ShardWork.AT_ONCE, 20, TimeUnit.SECONDS))
                    .isTrue();
            time.advance(Duration.ofSeconds(4));
            try {
                assertThat(report).isCompleted();
                assertThat(report.join().failures()).hasSize(SHARDS);
                assertThat(report.join().failures().get(0))
                        .isInstanceOf(DeadlineExceededException.class)
                        .hasMessageContaining("function deaf was interrupted: it did not end for shard 0 in time");
            } finally {
                end.countDown();
            }
        }
    }

    @Test
    void aReportEndsWhenTheNodeThatAskedCloses() {
        assignAll();
        map = map.with(Map.of(4, Ownership.NONE));
        a.learn(map);
        b.learn(map);
        CompletableFuture<WorkReport> report = a.begin("sum", 3);
        time.advance(Duration.ofMillis(500));
        assertThat(report).as("shard 4 has no owner yet").isNotDone();
        a.work.close();
        assertThat(report).isCompleted();
        assertThat(report.join().results()).hasSize(SHARDS - 1);
        assertThat(report.join().failures().get(4)).hasMessageContaining("the node that asked for it was closed");
    }

    @Test
    void aFunctionThatRanWhileItsShardWentIsNotCalledNotRun() {
        assignAll();
        List.of(a, b)
                .forEach(node -> node.work.register("moving", (tenure, argument) -> {
                    if (tenure.shard() == 3) { // in the middle of it the shard goes to nobody
                        map = map.with(Map.of(3, Ownership.NONE));
                        a.learn(map);
                        b.learn(map);
                    }
                    return argument;
                }));
        WorkReport report = a.ask("moving", 1);
        assertThat(report.results()).hasSize(SHARDS - 1);
        assertThat(report.failures().get(3))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("has run for shard 3, whose owner changed meanwhile");
    }

    @Test
    void theCallersContextReachesEveryShard() {
        assignAll();
        Map<Integer, String> seen = new TreeMap<>();
        List.of(a, b)
                .forEach(node -> node.work.register("whose", (tenure, argument) -> {
                    seen.put(tenure.shard(), CallContext.current().correlationId());
                    return argument;
                }));
        CallContext.EMPTY.withCorrelationId("mine").run(() -> a.begin("whose", 1));
        time.advance(Duration.ofSeconds(4));
        assertThat(seen).hasSize(SHARDS);
        assertThat(seen.values()).containsOnly("mine");
    }

    @Test
    void hostileBytesAreRefused() {
        byte[] good = WorkWire.encode(new WorkWire.Order("sum", 3, 4, new byte[] {1}));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> WorkWire.order(cut)).isInstanceOf(ProtocolException.class);
        }
        byte[] answer = WorkWire.encode(new WorkWire.Answer(
                WorkWire.Kind.DONE, new byte[] {1}, "", Optional.of(ShardMap.empty("entities", 2))));
        assertThat(WorkWire.answer(answer).result()).containsExactly(1);
        for (int length = 0; length < answer.length; length++) {
            byte[] cut = Arrays.copyOf(answer, length);
            assertThatThrownBy(() -> WorkWire.answer(cut)).isInstanceOf(ProtocolException.class);
        }
    }
}
