package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.primitive.QueueType;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.RefusedException;
import io.holdfast.consensus.session.SessionConfig;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.testkit.sim.SimEnvironment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is full must have a way out, and what is large must not fill the memory of all replicas. */
class FullStateTest {
    private static Consensus consensus(StateLimits limits) {
        SimEnvironment environment = SimEnvironment.seed(3);
        DirectLog log = new DirectLog(new PrimitiveMachine(Consensus.types(), limits));
        GroupSession session = GroupSession.start(log, NodeId.of("a"), SessionConfig.lan(), environment);
        return Consensus.of(session, new TextCodec(), environment);
    }

    @Test
    void aTopicThatHasAllItsBytesGoesOnWhenFewerMessagesAreRetained() {
        Consensus small = consensus(new StateLimits(10, 1000, 10_000, 1 << 20, 10));
        Topic<String> topic = small.topic("news", String.class, 100);
        String message = "m".repeat(3000);
        for (int i = 0; i < 3; i++) {
            topic.append(message);
        }
        assertThatThrownBy(() -> topic.append(message))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("10000 bytes, its limit");
        Topic<String> shorter = small.topic("news", String.class, 2);
        assertThat(shorter.append(message)).isEqualTo(3);
        assertThat(shorter.append(message)).isEqualTo(4);
        assertThat(shorter.read(0, 10, ReadConsistency.LOCAL).messages()).hasSize(2);
    }

    @Test
    void aTransactionThatFreesANameMayMakeOne() {
        Consensus small = consensus(new StateLimits(2, 1000, 10_000, 1 << 20, 10));
        ReplicatedMap<String, String> one = small.map("one", String.class, String.class);
        ReplicatedMap<String, String> two = small.map("two", String.class, String.class);
        ReplicatedMap<String, String> three = small.map("three", String.class, String.class);
        one.put("k", "v");
        two.put("k", "v");
        assertThatThrownBy(() -> three.put("k", "v"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("2 named resources, its limit");
        Transaction moves = small.transaction().put(three, "k", "v").remove(one, "k");
        assertThat(moves.commit().succeeded()).isTrue();
        assertThatThrownBy(() -> one.put("k", "v")).isInstanceOf(RefusedException.class);
    }

    /** Two nodes of a group that has more than all its bytes: sessions are opened also then. */
    private static final class FullGroup {
        private final SimEnvironment environment = SimEnvironment.seed(3);
        private final StateLimits limits = new StateLimits(100, 1000, 1 << 20, 20_000, 100);
        private final DirectLog log = new DirectLog(new PrimitiveMachine(Consensus.types(), limits));
        private final GroupSession session0 = session("a");
        private final Consensus node0 = consensus(session0);
        private final Consensus node1 = consensus(session("b"));
        private final ReplicatedMap<String, String> fill = node1.map("fill", String.class, String.class);

        private GroupSession session(String node) {
            return GroupSession.start(
                    log, NodeId.of(node), SessionConfig.lan().withTimeToLive(Duration.ofHours(1)), environment);
        }

        private Consensus consensus(GroupSession session) {
            return Consensus.of(session, new TextCodec(), environment);
        }

        void fillUp() {
            for (int size = 1000; size >= 1; size /= 10) {
                String value = "v".repeat(size);
                String key = size + "-";
                AtomicInteger next = new AtomicInteger();
                assertThatThrownBy(() -> {
                            while (true) {
                                fill.put(key + next.incrementAndGet(), value);
                            }
                        })
                        .isInstanceOf(RefusedException.class)
                        .hasMessageContaining("the group has 20000 bytes, its limit");
            }
            for (int i = 0; i < 60; i++) {
                consensus(session("node-" + i)).counter("none").compareAndSet(1, 2);
            }
        }

        <T> T done(CompletableFuture<T> stage) {
            environment.advance(Duration.ofSeconds(1));
            assertThat(stage).isDone();
            return stage.join();
        }
    }

    @Test
    void whoWaitsInAFullGroupGetsTheLockThatIsGivenBackAndTheOneOfASessionThatEnds() {
        FullGroup group = new FullGroup();
        Lease first = group.node0.lock("l").tryLock().orElseThrow();
        CompletableFuture<Lease> second = group.node1.lock("l").lockAsync();
        CompletableFuture<Lease> third = group.node0.lock("l").lockAsync();
        CompletableFuture<Lease> fourth = group.node1.lock("l").lockAsync();
        group.fillUp();
        assertThat(group.done(first.release().toCompletableFuture())).isTrue();
        assertThat(group.done(second).isHeld()).isTrue();
        group.done(second.join().release().toCompletableFuture());
        assertThat(group.done(third).isHeld()).isTrue();
        group.session0.close();
        assertThat(group.done(fourth).isHeld()).as("after a dead one").isTrue();
    }

    @Test
    void whatATakerKeepsTooLongInAFullGroupStandsInTheQueueAgain() {
        FullGroup group = new FullGroup();
        WorkQueue<String> queue = group.node0.queue("q", String.class, WorkQueueOptions.standard());
        queue.put("late");
        queue.put("given back");
        queue.poll();
        WorkItem<String> item = queue.poll().orElseThrow();
        group.fillUp();
        assertThat(item.nack()).isTrue();
        group.log.advance(Duration.ofMinutes(1));
        assertThat(item.ack()).as("it was given back").isFalse();
        assertThat(queue.counts(ReadConsistency.LOCAL)).isEqualTo(new QueueType.Counts(2, 0, 0));
        assertThat(queue.remove().orElseThrow().value()).isEqualTo("late");
    }

    @Test
    void aFullGroupTakesWhatMakesItSmallerAndRefusesWhatMakesItLarger() {
        FullGroup group = new FullGroup();
        group.fillUp();
        String value = "v".repeat(900);
        assertThat(group.fill.put("1000-1", "w".repeat(900)).applied()).isTrue();
        assertThat(group.fill.put("1000-1", "v").applied()).isTrue();
        assertThat(group.node1
                        .transaction()
                        .put(group.fill, "new", value)
                        .remove(group.fill, "1000-2")
                        .commit()
                        .succeeded())
                .as("larger first, but not in the end")
                .isTrue();
        assertThatThrownBy(() -> group.node0.latch("new").trySet(1)).isInstanceOf(RefusedException.class);
        for (int i = 3; i < 12; i++) {
            group.fill.remove("1000-" + i);
        }
        assertThat(group.node0.latch("new").trySet(1)).isTrue();
    }

    @Test
    void aTransactionThatReadsTooMuchIsRefusedBeforeItHasReadItAll() {
        Consensus large = consensus(StateLimits.standard());
        ReplicatedMap<String, String> map = large.map("m", String.class, String.class);
        map.put("k", "v".repeat(400_000));
        Transaction reads = large.transaction();
        for (int i = 0; i < 4000; i++) {
            reads.get(map, "k");
        }
        assertThatThrownBy(reads::commit)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("reads and removes must have at most 1048576 bytes together; divide it");
        assertThat(large.transaction().get(map, "k").get(map, "k").commit().succeeded())
                .isTrue();
    }
}
