package io.holdfast.sharding.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.testkit.sim.Sweep;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Owners are killed, paused, cut off and moved, clocks are set, and no tick runs twice or is forgotten. */
class JobFaultsTest {
    private static final Duration TROUBLE = Duration.ofSeconds(40);
    private static final Duration CALM = Duration.ofSeconds(25);

    @Test
    void eachTickRunsOnceOrIsReported() {
        Sweep.of("jobs under faults", 5, JobFaultsTest::scenario);
    }

    @Test
    @Tag("slow")
    void eachTickRunsOnceOrIsReportedOverManySeeds() {
        Sweep.of("jobs under faults, many seeds", 600, JobFaultsTest::scenario);
    }

    private static List<TickLog> jobs() {
        Schedule second = Schedule.every(Duration.ofSeconds(1));
        return List.of(
                new TickLog("skip", second),
                new TickLog("strict", second.withGrace(Duration.ofMillis(100))),
                new TickLog("once", second.withMisfire(Misfire.RUN_ONCE).withLimit(Duration.ofSeconds(2))),
                new TickLog("all", second.withMisfire(Misfire.RUN_ALL).withJitter(Duration.ofMillis(300))),
                new TickLog(
                        "cron",
                        Schedule.cron("*/2 * * * * *", ZoneOffset.UTC)
                                .withJitter(Duration.ofSeconds(3))
                                .withMisfire(Misfire.RUN_ALL)));
    }

    private static void scenario(Sweep.Run run) {
        List<TickLog> logs = jobs();
        SplittableRandom bodies = new SplittableRandom(run.seed() + 1);
        JobCluster cluster = new JobCluster(
                run.seed(),
                node -> logs.forEach(
                        log -> node.jobs.schedule(log.job, log.schedule, tick -> body(node, log, tick, bodies))));
        logs.forEach(log -> cluster.watch(JobRow.key(log.job), Duration.ofMillis(300), log::row));
        Duration passed = Duration.ZERO;
        while (passed.compareTo(TROUBLE) < 0) {
            cluster.trouble();
            Duration next = cluster.between(100, 3000);
            cluster.world.advance(next);
            passed = passed.plus(next);
        }
        cluster.heal();
        cluster.world.advance(CALM);
        Instant now = cluster.world.node("watch").clock().wall().now();
        logs.forEach(log -> {
            log.freeze();
            readEffects(cluster, log);
        });
        cluster.world.advance(Duration.ofSeconds(1));
        for (TickLog log : logs) {
            log.check();
            assertThat(log.last().through()).as("%s goes on", log.job).isAfter(now.minusSeconds(6));
            run.figure("done " + log.job, log.count(JobEvent.Outcome.DONE));
            run.figure("missed " + log.job, log.count(JobEvent.Outcome.MISSED));
            run.figure("lost " + log.job, log.count(JobEvent.Outcome.LOST));
        }
    }

    /** Takes a while, commits an effect under the fence, and takes a while again. */
    private static void body(JobNode node, TickLog log, JobRun run, SplittableRandom chance) {
        log.begun(run.tick(), node.host.id(), run.tenure().epoch());
        Duration before = Duration.ofMillis(chance.nextInt(chance.nextInt(5) == 0 ? 2500 : 200));
        Duration after = Duration.ofMillis(chance.nextInt(100));
        node.runner.goesOn(() -> {
            CompletableFuture<Object> over = new CompletableFuture<>();
            node.host
                    .environment()
                    .scheduler()
                    .schedule(
                            before,
                            () -> effect(node, log, run).whenComplete((written, error) -> {
                                boolean refused = error != null || !written.applied();
                                node.host.environment().scheduler().schedule(after, () -> {
                                    if (refused) {
                                        over.completeExceptionally(new IllegalStateException("refused"));
                                    } else {
                                        over.complete(written);
                                    }
                                });
                            }));
            return over;
        });
    }

    private static CompletionStage<ReplicatedTable.Committed> effect(JobNode node, TickLog log, JobRun run) {
        String key = "e/" + log.job + "/" + run.tick().toEpochMilli() + "/" + node.host.id() + "/"
                + run.tenure().epoch();
        return run.tenure()
                .table()
                .commit(
                        List.of(run.tenure().fence()),
                        List.of(Change.put(key, "done".getBytes(StandardCharsets.UTF_8))),
                        node.deadline());
    }

    private static void readEffects(JobCluster cluster, TickLog log) {
        cluster.watched()
                .scan(
                        "e/" + log.job + "/",
                        "",
                        1000,
                        ReadConsistency.LINEARIZABLE,
                        cluster.world.node("watch").protocol().deadline())
                .thenAccept(page -> page.rows()
                        .forEach(row -> log.effect(
                                Instant.ofEpochMilli(Long.parseLong(row.key().split("/", -1)[2])), row.modified())));
    }
}
