package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.Deadline;
import io.holdfast.core.env.Environment;
import io.holdfast.service.Scheduled;
import io.holdfast.sharding.job.JobEvent;
import io.holdfast.sharding.job.JobRecord;
import io.holdfast.sharding.job.Schedule;
import io.holdfast.sharding.work.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs and functions beside the data, on a real node. */
class ShardedWorkNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int SHARDS = 16;

    private static final Environment environment = Environment.system();
    private static HoldfastNode node;

    @BeforeAll
    static void startOneNode() {
        node = Holdfast.node("one")
                .consensus(true)
                .sharding(true)
                .set("holdfast.sharding.shards", Integer.toString(SHARDS))
                .set("holdfast.jobs.ranking.every", "200ms")
                .start()
                .awaitReady(LIMIT);
    }

    @AfterAll
    static void stop() {
        node.close();
        environment.close();
    }

    private static Deadline soon() {
        return Deadline.after(environment.clock().nanoTime(), LIMIT);
    }

    public static final class Greeting {
        final AtomicInteger runs = new AtomicInteger();

        @Scheduled(name = "greeting", every = "200ms")
        void greet() {
            runs.incrementAndGet();
        }
    }

    private static Optional<JobRecord> report() {
        return node.jobs().report("ranking", soon()).toCompletableFuture().join();
    }

    @Test
    void aJobRunsOncePerTickAsConfigurationSaysAndTheHistorySaysSo() {
        Map<Instant, AtomicInteger> ticks = new ConcurrentHashMap<>();
        node.jobs()
                .schedule(
                        "ranking",
                        Schedule.every(Duration.ofHours(1)),
                        run -> ticks.computeIfAbsent(run.tick(), any -> new AtomicInteger())
                                .incrementAndGet());
        await().atMost(LIMIT).until(() -> ticks.size() >= 3);
        await().atMost(LIMIT)
                .until(() -> report().orElseThrow().history().stream()
                                .filter(event -> event.outcome() == JobEvent.Outcome.DONE)
                                .count()
                        >= 3);
        assertThat(ticks.values()).allSatisfy(count -> assertThat(count).hasValue(1));
        assertThat(ticks.keySet())
                .allSatisfy(tick -> assertThat(tick.toEpochMilli() % 200).isZero());
    }

    @Test
    void aScheduledMethodOfAHostedObjectRuns() {
        Greeting greeting = new Greeting();
        node.host(greeting);
        await().atMost(LIMIT).until(() -> greeting.runs.get() >= 2);
    }

    @Test
    void aFunctionRunsOnceForEveryShardAndTheReportNamesThoseThatFailed() {
        node.shardWork().register("numbers", (tenure, argument) -> {
            if (tenure.shard() == 3) {
                throw new IllegalStateException("three is not to be had");
            }
            return new byte[] {(byte) (tenure.shard() + argument[0])};
        });
        node.jobs().workers("takes-the-shards", 1, partition -> {});
        await().atMost(LIMIT).until(() -> run().results().size() == SHARDS - 1);
        WorkReport report = run();
        assertThat(report.isComplete()).isFalse();
        assertThat(report.failures()).containsOnlyKeys(3);
        assertThat(report.failures().get(3)).hasMessageContaining("three is not to be had");
        assertThat(report.results().get(5)).containsExactly(105);
    }

    private static WorkReport run() {
        return node.shardWork()
                .forEach(
                        "numbers",
                        new byte[] {100},
                        Deadline.after(environment.clock().nanoTime(), Duration.ofSeconds(5)))
                .toCompletableFuture()
                .join();
    }
}
