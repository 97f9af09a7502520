package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.JournalSettings;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal.Position;
import io.holdfast.replication.aggregate.Aggregate;
import io.holdfast.replication.aggregate.AggregateConfig;
import io.holdfast.replication.aggregate.EventSourced;
import io.holdfast.replication.aggregate.Schema;
import io.holdfast.replication.event.ConsumerConfig;
import io.holdfast.replication.event.ConsumerGroup;
import io.holdfast.replication.event.EventBatch;
import io.holdfast.replication.event.EventHandler;
import io.holdfast.replication.event.EventLog;
import io.holdfast.replication.event.LoggedEvent;
import io.holdfast.replication.event.PartitionView;
import io.holdfast.replication.event.Placed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Event logs, their consumers and aggregates on real nodes, some of which leave or fall. */
@Tag("slow")
class EventLogNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final int PARTITIONS = 4;
    /** Longer than a test: who takes a partition over does not do so because it has waited enough. */
    private static final ConsumerConfig BILLING =
            ConsumerConfig.of("billing").withBatch(10).withHandover(Duration.ofMinutes(2));

    record Played(String user, int number) {}

    /** What a node has dealt with. */
    record Seen(String node, int partition, long offset, Played event) {}

    private final List<HoldfastNode> nodes = new ArrayList<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(HoldfastNode::abandon);
    }

    private HoldfastNode start(String id, int expected) {
        NodeBuilder builder = ConsensusNodesTest.patient(id)
                .expect(expected)
                .set("holdfast.consensus.groups", "2")
                .set("holdfast.node.drain", "5s");
        if (expected > 1) { // also on a starved machine
            builder.set("holdfast.consensus.raft.election-timeout-min", "2s")
                    .set("holdfast.consensus.raft.election-timeout-max", "4s")
                    .set("holdfast.discovery.swim.suspicion-multiplier", "12");
        }
        if (!nodes.isEmpty()) {
            builder.seeds(nodes.get(0).address().toString());
        }
        HoldfastNode started = builder.start();
        nodes.add(started);
        return started;
    }

    private void startThree() {
        start("n1", 3);
        start("n2", 3);
        start("n3", 3);
        nodes.forEach(node -> node.awaitReady(LIMIT));
        awaitLevel(plays(nodes.get(0)));
    }

    /** A group that has just begun has no journals for a few seconds. */
    private static void awaitLevel(EventLog<?> log) {
        for (int i = 0; i < log.partitions(); i++) {
            int partition = i;
            await().atMost(LIMIT)
                    .ignoreExceptions()
                    .until(() -> done(log.journal(partition)
                            .configure(JournalSettings.keepAll().withMaxBytes(1 << 20), soon(log))
                            .thenApply(any -> true)));
        }
    }

    private static EventLog<Played> plays(HoldfastNode node) {
        return node.eventLog("plays", Played.class, PARTITIONS);
    }

    private static Deadline soon(EventLog<?> log) {
        return Deadline.after(log.environment().clock().nanoTime(), LIMIT);
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /** 20 users, each with its plays in order. */
    private static void append(EventLog<Played> log, int from, int to) {
        for (int i = from; i < to; i++) {
            int number = i;
            List<CompletionStage<Placed>> all = IntStream.range(0, 20)
                    .mapToObj(user -> log.append("u" + user, new Played("u" + user, number), soon(log)))
                    .toList();
            all.forEach(EventLogNodesTest::done);
        }
    }

    private EventHandler<Played> recorder(HoldfastNode node) {
        return batch -> {
            record(node, batch);
            return CompletableFuture.completedFuture(null);
        };
    }

    private void record(HoldfastNode node, EventBatch<Played> batch) {
        for (LoggedEvent<Played> each : batch.events()) {
            seen.add(new Seen(node.id().value(), each.partition(), each.offset(), each.event()));
        }
    }

    private static void awaitShares(List<ConsumerGroup<Played>> groups) {
        await().atMost(LIMIT)
                .until(() -> groups.stream().allMatch(group -> {
                    List<PartitionView> all = done(group.partitions());
                    return all.size() == PARTITIONS / groups.size()
                            && all.stream().allMatch(each -> each.state() == PartitionView.State.RUNNING);
                }));
    }

    private List<Long> offsets(int partition) {
        return seen.stream()
                .filter(each -> each.partition() == partition)
                .map(Seen::offset)
                .toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private void assertEachOnceInOrder(EventLog<Played> log, int events) {
        await().atMost(LIMIT).until(() -> seen.size() >= events);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            long end = done(log.journal(partition).status(ReadConsistency.LINEARIZABLE, soon(log)))
                    .end();
            assertThat(offsets(partition))
                    .as("partition %s of %s", partition, seen)
                    .isEqualTo(upTo(end - 1));
        }
        Map<String, List<Integer>> byUser = seen.stream()
                .map(Seen::event)
                .collect(Collectors.groupingBy(Played::user, Collectors.mapping(Played::number, Collectors.toList())));
        assertThat(byUser).hasSize(20);
        byUser.values()
                .forEach(numbers -> assertThat(numbers)
                        .isEqualTo(IntStream.range(0, events / 20).boxed().toList()));
    }

    private Set<String> consumers() {
        return seen.stream().map(Seen::node).collect(Collectors.toSet());
    }

    @Test
    void eachEventComesOnceAndInOrderToOneOfTheNodesThatConsumeAndOneThatLeavesIsFollowedAtOnce() {
        startThree();
        EventLog<Played> log = plays(nodes.get(0));
        assertThat(IntStream.range(0, PARTITIONS)
                        .mapToObj(i -> log.journal(i).group().value())
                        .distinct())
                .as("the groups over which it is spread")
                .hasSize(2);
        List<ConsumerGroup<Played>> groups = new ArrayList<>();
        for (HoldfastNode node : nodes.subList(1, 3)) {
            groups.add(node.consume(plays(node), BILLING, recorder(node)));
        }
        awaitShares(groups);
        append(log, 0, 10);
        assertEachOnceInOrder(log, 200);
        assertThat(consumers()).containsExactlyInAnyOrder("n2", "n3");

        HoldfastNode leaving = nodes.remove(2);
        CompletableFuture<Void> left = CompletableFuture.runAsync(leaving::close);
        append(log, 10, 20);
        left.join();
        append(log, 20, 30);
        assertEachOnceInOrder(log, 600);
        assertThat(groups.get(1).ended()).isTrue();
    }

    @Test
    void ofANodeThatFallsWithinABatchAnotherGoesOnAtTheCommittedPositionWithoutAGap() {
        startThree();
        EventLog<Played> log = plays(nodes.get(0));
        HoldfastNode falling = nodes.get(2);
        Map<Integer, Long> stuck = new ConcurrentHashMap<>();
        EventHandler<Played> second = batch -> {
            if (offsets(batch.partition()).isEmpty()) {
                record(falling, batch);
                return CompletableFuture.completedFuture(null);
            }
            stuck.put(batch.partition(), batch.events().get(0).offset());
            return new CompletableFuture<>(); // it falls before it has ended
        };
        ConsumerGroup<Played> survivor = nodes.get(1).consume(plays(nodes.get(1)), BILLING, recorder(nodes.get(1)));
        awaitShares(List.of(survivor, falling.consume(plays(falling), BILLING, second)));
        append(log, 0, 20);
        await().atMost(LIMIT).until(() -> stuck.size() == PARTITIONS / 2);
        stuck.forEach((partition, offset) -> assertThat(committed(log, partition))
                .as("what is at work is not committed")
                .isEqualTo(offset));
        falling.abandon();
        nodes.remove(falling);
        assertEachOnceInOrder(log, 400);
        stuck.forEach((partition, offset) -> assertThat(seen.stream()
                        .filter(each ->
                                each.partition() == partition && each.node().equals("n2"))
                        .findFirst()
                        .map(Seen::offset))
                .as("where the successor began")
                .contains(offset));
    }

    private static long committed(EventLog<?> log, int partition) {
        return done(log.journal(partition).consumers(ReadConsistency.LINEARIZABLE, soon(log))).stream()
                .filter(each -> each.consumer().equals("billing"))
                .mapToLong(Position::next)
                .sum();
    }

    record Account(int balance) {}

    record Withdraw(int amount) {}

    record Changed(int amount) {}

    /** Begins with 30, and is never overdrawn. */
    private static final class AccountRules implements Aggregate<Account, Withdraw, Changed> {
        @Override
        public Account initial() {
            return new Account(30);
        }

        @Override
        public List<Changed> decide(Account state, Withdraw command) {
            if (command.amount() > state.balance()) {
                throw new IllegalStateException("overdrawn");
            }
            return List.of(new Changed(-command.amount()));
        }

        @Override
        public Account evolve(Account state, Changed event) {
            return new Account(state.balance() + event.amount());
        }
    }

    private static EventSourced<Account, Withdraw, Changed> accounts(HoldfastNode node, String name) {
        return node.eventSourced(
                AggregateConfig.of(name).withSnapshotEvery(7),
                new AccountRules(),
                Schema.of("changed", Changed.class, node.codec().forType(Changed.class)),
                Schema.of("account", Account.class, node.codec().forType(Account.class)),
                2);
    }

    /** One command after the other. */
    private static int withdrawals(EventSourced<Account, Withdraw, Changed> accounts, int attempts) {
        int done = 0;
        for (int i = 0; i < attempts; i++) {
            done += done(accounts.execute("a", "", new Withdraw(1), soon(accounts.log()))
                    .handle((executed, refused) -> {
                        assertThat(refused == null || refused.toString().contains("overdrawn"))
                                .as("%s", refused)
                                .isTrue();
                        return refused == null ? 1 : 0;
                    }));
        }
        return done;
    }

    @Test
    void anAggregateThatTwoNodesChangeAtOnceKeepsItsInvariant() {
        start("n1", 2);
        start("n2", 2);
        nodes.forEach(node -> node.awaitReady(LIMIT));
        List<EventSourced<Account, Withdraw, Changed>> accounts =
                nodes.stream().map(node -> accounts(node, "accounts")).toList();
        awaitLevel(accounts.get(0).log());
        List<CompletableFuture<Integer>> withdrawn = accounts.stream()
                .map(each -> CompletableFuture.supplyAsync(() -> withdrawals(each, 20)))
                .toList();
        assertThat(withdrawn.stream().mapToInt(CompletableFuture::join).sum()).isEqualTo(30);
        accounts.forEach(each -> assertThat(done(each.load("a", ReadConsistency.LINEARIZABLE, soon(each.log())))
                        .state()
                        .balance())
                .isZero());
    }

    @Test
    void whatHasTheSameNameDoesNotMeetAndWhatDoesNotFitIsToldWithItsRemedy() {
        HoldfastNode node = start("only", 1).awaitReady(LIMIT);
        EventLog<Played> log = plays(node);
        awaitLevel(log);
        accounts(node, "plays");
        done(log.append("a", new Played("a", 0), soon(log)));
        node.map("plays", String.class, String.class).put("a", "b");
        node.consume(log, BILLING, recorder(node));
        await().atMost(LIMIT).until(() -> seen.size() == 1);
        assertThatThrownBy(() -> node.consume(log, BILLING, recorder(node)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("billing")
                .hasMessageContaining("stop it first");
        assertThatThrownBy(() -> accounts(node, "plays"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("plays")
                .hasMessageContaining("use those");
        assertThatThrownBy(() -> node.eventLog("x".repeat(201), Played.class, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("200 bytes");
        assertThatThrownBy(() -> node.eventLog("x", Played.class, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("partitions of log x");
    }

    @Test
    void aGroupThatWasStoppedMayBeginAgainWhereItWas() {
        HoldfastNode node = start("only", 1).awaitReady(LIMIT);
        EventLog<Played> log = plays(node);
        awaitLevel(log);
        ConsumerGroup<Played> group = node.consume(log, BILLING, recorder(node));
        append(log, 0, 1);
        await().atMost(LIMIT).until(() -> seen.size() == 20);
        done(group.stop());
        node.consume(log, BILLING, recorder(node));
        append(log, 1, 2);
        assertEachOnceInOrder(log, 40);
    }
}
