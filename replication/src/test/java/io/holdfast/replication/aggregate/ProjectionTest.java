package io.holdfast.replication.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.replication.aggregate.Account.Command;
import io.holdfast.replication.aggregate.Account.Deposit;
import io.holdfast.replication.aggregate.Account.Event;
import io.holdfast.replication.event.ConsumerConfig;
import io.holdfast.replication.event.ConsumerGroup;
import io.holdfast.replication.event.Crew;
import io.holdfast.testkit.sim.SimTable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ProjectionTest {
    private final AccountWorld world = new AccountWorld(17);
    private final EventSourced<Integer, Command, Event> accounts =
            world.accounts("a", AggregateConfig.of("accounts").withSnapshotEvery(3));
    private final SimTable rows = new SimTable(world.environment, 17, GroupId.of("default"));
    private final ReplicatedTable table = rows.view(NodeId.of("a"));

    private static CompletionStage<?> count(ProjectionRows rows) {
        return rows.get("sum").thenAccept(found -> {
            int before = found.map(ProjectionTest::number).orElse(0);
            rows.put("sum", String.valueOf(before + 1).getBytes(StandardCharsets.UTF_8));
        });
    }

    private static int number(byte[] bytes) {
        return Integer.parseInt(new String(bytes, StandardCharsets.UTF_8));
    }

    private int sum() {
        Optional<ReplicatedTable.Row> row = world.done(table.get("sum", ReadConsistency.LINEARIZABLE, world.soon()));
        return row.map(found -> number(found.value())).orElse(0);
    }

    private ConsumerGroup<AggregateRecord<Integer, Event>> start(String node, Projection<Event> projection) {
        return world.accounts(node, AggregateConfig.of("accounts"))
                .log()
                .consume(
                        ConsumerConfig.of("sums").withBatch(4).withAttempts(100),
                        Crew.alone(NodeId.of(node)),
                        AggregateEvents.only(projection));
    }

    /** Two nodes that know nothing of each other take the partitions from one another again and again, handlers fail, and commits are lost: each event counts once. */
    @Test
    void aProjectionCountsEachEventOnceThoughBatchesComeAgainAndToTwoNodes() {
        SplittableRandom random = new SplittableRandom(17);
        int[] calls = {0};
        Projector<Event> projector = (event, own) -> {
            calls[0]++;
            return random.nextInt(12) == 0
                    ? CompletableFuture.failedFuture(new IllegalStateException("now and then"))
                    : count(own);
        };
        ConsumerGroup<AggregateRecord<Integer, Event>> a =
                start("a", Projection.of("sums", table, projector, world.environment));
        ConsumerGroup<AggregateRecord<Integer, Event>> b =
                start("b", Projection.of("sums", rows.view(NodeId.of("b")), projector, world.environment));
        for (int i = 0; i < 60; i++) {
            world.done(accounts.execute("account-" + i % 7, "", new Deposit(1), world.soon()));
            if (i % 10 == 5) {
                rows.isolate(NodeId.of(i % 20 == 5 ? "a" : "b"));
                world.environment.scheduler().schedule(Duration.ofSeconds(15), rows::heal);
            }
            world.environment.advance(Duration.ofMillis(random.nextInt(1000)));
        }
        world.await("all", () -> sum() == 60);
        world.environment.advance(Duration.ofMinutes(2));
        assertThat(sum()).isEqualTo(60);
        assertThat(calls[0]).as("some events came more than once").isGreaterThan(60);
        world.done(a.stop());
        world.done(b.stop());
    }

    @Test
    void aLargeBatchIsCommittedInPartsAndGoesOnBehindTheLast() {
        for (int i = 0; i < 10; i++) {
            world.done(accounts.execute("account", "", new Deposit(1), world.soon()));
        }
        int[] fails = {1};
        List<Long> seen = new ArrayList<>();
        Projector<Event> projector = (event, own) -> {
            seen.add(event.offset());
            own.put("large", new byte[150_000]);
            if (event.offset() == 5 && fails[0]-- > 0) {
                throw new IllegalStateException("once");
            }
            return count(own);
        };
        ConsumerGroup<AggregateRecord<Integer, Event>> group =
                start("a", Projection.of("sums", table, projector, world.environment));
        world.await("all", () -> sum() == 10);
        assertThat(seen).contains(5L);
        assertThat(seen.stream().filter(offset -> offset == 1).count())
                .as("what was committed before does not come again")
                .isEqualTo(1);
        world.done(group.stop());
    }

    @Test
    void anOutboxHandsEachEventOnUnderOneKeyAndInOrder() {
        for (int i = 1; i <= 5; i++) {
            world.done(accounts.execute("account", "", new Deposit(i), world.soon()));
        }
        int[] fails = {2};
        List<String> keys = new ArrayList<>();
        ConsumerGroup<AggregateRecord<Integer, Event>> group = accounts.log()
                .consume(
                        ConsumerConfig.of("outbox").withBatch(2),
                        Crew.alone(NodeId.of("a")),
                        AggregateEvents.only(Outbox.to("accounts", (key, event) -> {
                            keys.add(key);
                            return fails[0]-- > 0
                                    ? CompletableFuture.failedFuture(new IllegalStateException("outside"))
                                    : CompletableFuture.completedFuture(null);
                        })));
        int partition = accounts.log().partitionOf("account");
        List<String> once = List.of(1, 2, 3, 5, 6).stream()
                .map(offset -> "accounts/" + partition + "/" + offset)
                .toList();
        world.await("all", () -> keys.contains(once.get(4)));
        assertThat(keys.stream().distinct()).containsExactlyElementsOf(once);
        assertThat(keys).hasSize(7);
        world.done(group.stop());
    }
}
