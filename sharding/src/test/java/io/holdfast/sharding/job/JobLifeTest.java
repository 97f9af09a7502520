package io.holdfast.sharding.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.InvalidContractException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.job.JobEvent.Outcome;
import io.holdfast.sharding.map.KeyHash;
import io.holdfast.sharding.map.ShardMap;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The life of jobs, services and workers on three nodes in virtual time. */
class JobLifeTest {
    private static final Schedule SECOND = Schedule.every(Duration.ofSeconds(1));
    private static final int SHARD = KeyHash.shard("job/x", JobNode.SHARDS);

    private final List<Instant> begun = new ArrayList<>();
    private Duration lasts = Duration.ofMillis(10);

    private JobCluster cluster(Schedule schedule) {
        return new JobCluster(1, node -> host(node, schedule));
    }

    private Hosted host(JobNode node, Schedule schedule) {
        return node.jobs.schedule("x", schedule, run -> {
            begun.add(run.tick());
            node.runner.lasts(lasts);
        });
    }

    private static JobRecord report(JobCluster cluster) {
        AtomicReference<Optional<JobRecord>> found = new AtomicReference<>(Optional.empty());
        JobNode watcher = cluster.world.node("watch").protocol();
        watcher.jobs.report("x", watcher.deadline()).thenAccept(found::set);
        cluster.world.advance(Duration.ofMillis(50));
        return found.get().orElseThrow();
    }

    private static List<Outcome> outcomes(JobRecord job) {
        return job.history().stream().map(JobEvent::outcome).toList();
    }

    private static JobNode owner(JobCluster cluster) {
        return cluster.world.node(cluster.owner(SHARD)).protocol();
    }

    @Test
    void aJobRunsAtEachTickInOrderOnce() {
        JobCluster cluster = cluster(SECOND);
        cluster.world.advance(Duration.ofMillis(10_500));
        assertThat(begun).hasSize(10).isSorted().doesNotHaveDuplicates();
        assertThat(outcomes(report(cluster))).hasSize(10).containsOnly(Outcome.DONE);
    }

    @Test
    void theShardOfAJobIsThatOfTheMapThatIsReadAfterItWasHosted() {
        List<CompletableFuture<?>> told = new ArrayList<>();
        JobCluster cluster = new JobCluster(1, node -> {
            node.map = Optional.empty();
            host(node, SECOND);
            told.add(node.jobs.report("x", node.deadline()).toCompletableFuture());
            node.map = Optional.of(ShardMap.empty("shards", JobNode.SHARDS));
        });
        cluster.world.advance(Duration.ofMillis(2_500));
        assertThat(begun).hasSize(2);
        assertThat(outcomes(report(cluster))).hasSize(2).containsOnly(Outcome.DONE);
        assertThatThrownBy(told.get(0)::join)
                .hasCauseInstanceOf(UnavailableException.class)
                .hasMessageContaining("it has not read the shard map yet; wait until the node is ready");
    }

    @Test
    void aTickThatItsOwnerDidNotFinishIsLostAndNotRunAgain() {
        lasts = Duration.ofMillis(900);
        JobCluster cluster = cluster(SECOND);
        cluster.world.advance(Duration.ofMillis(2_500));
        Instant running = begun.get(begun.size() - 1);
        cluster.world.node(cluster.owner(SHARD)).kill();
        cluster.failOver();
        cluster.world.advance(Duration.ofSeconds(5));
        assertThat(begun.stream().filter(running::equals)).hasSize(1);
        assertThat(report(cluster).history())
                .filteredOn(event -> event.outcome() == Outcome.LOST)
                .extracting(JobEvent::tick)
                .containsExactly(running);
    }

    @Test
    void aShardThatMovesWaitsForTheRunAndLosesNothing() {
        lasts = Duration.ofMillis(700);
        JobCluster cluster = cluster(SECOND);
        cluster.world.advance(Duration.ofMillis(3_200));
        String before = cluster.owner(SHARD);
        cluster.move(SHARD);
        cluster.world.advance(Duration.ofSeconds(5));
        assertThat(cluster.owner(SHARD)).isNotEqualTo(before);
        assertThat(outcomes(report(cluster))).hasSizeGreaterThan(6).containsOnly(Outcome.DONE);
    }

    @Test
    void aRunThatOutlastsTheDrainIsInterruptedAndRecorded() {
        lasts = Duration.ofSeconds(30);
        JobCluster cluster = cluster(SECOND.withMisfire(Misfire.RUN_ONCE));
        cluster.world.advance(Duration.ofMillis(1_500));
        cluster.move(SHARD);
        lasts = Duration.ofMillis(10);
        cluster.world.advance(Duration.ofSeconds(6));
        assertThat(outcomes(report(cluster)).subList(0, 3))
                .containsExactly(Outcome.INTERRUPTED, Outcome.MISSED, Outcome.DONE);
    }

    @Test
    void aRunNeverOverlapsAndTheTicksThatItSleptThroughAreReported() {
        lasts = Duration.ofMillis(2_300);
        JobCluster cluster = cluster(SECOND);
        cluster.world.advance(Duration.ofSeconds(13));
        List<JobEvent> history = report(cluster).history();
        assertThat(outcomes(report(cluster))).contains(Outcome.DONE, Outcome.MISSED);
        for (int i = 1; i < begun.size(); i++) {
            assertThat(Duration.between(begun.get(i - 1), begun.get(i))).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        }
        assertThat(history.stream().mapToInt(JobEvent::ticks).sum()).isBetween(10, 12);
    }

    @Test
    void aRunThatFailsIsRecordedAndTheNextTickRuns() {
        JobCluster cluster = new JobCluster(
                1,
                node -> node.jobs.schedule("x", SECOND, run -> {
                    begun.add(run.tick());
                    if (begun.size() == 1) {
                        throw new IllegalStateException("planned "
                                + CallContext.current().fencingToken().orElse(0));
                    }
                }));
        cluster.world.advance(Duration.ofMillis(2_500));
        JobRecord job = report(cluster);
        assertThat(outcomes(job)).containsExactly(Outcome.FAILED, Outcome.DONE);
        assertThat(job.history().get(0).detail()).isEqualTo("java.lang.IllegalStateException: planned 1");
    }

    @Test
    void aRunBeyondItsLimitIsInterrupted() {
        lasts = Duration.ofSeconds(30);
        JobCluster cluster = cluster(SECOND.withLimit(Duration.ofMillis(300)));
        cluster.world.advance(Duration.ofMillis(3_700));
        assertThat(outcomes(report(cluster))).containsExactly(Outcome.TIMED_OUT, Outcome.TIMED_OUT, Outcome.TIMED_OUT);
    }

    @Test
    void aWallClockThatStepsBackRunsNoTickTwiceAndOneThatStepsAheadIsNoticed() {
        JobCluster cluster = cluster(SECOND);
        cluster.world.advance(Duration.ofMillis(5_500));
        cluster.stepWall(cluster.owner(SHARD), Duration.ofSeconds(-3));
        cluster.world.advance(Duration.ofSeconds(10));
        assertThat(begun).isSorted().doesNotHaveDuplicates();
        assertThat(outcomes(report(cluster))).hasSize(12).containsOnly(Outcome.DONE);

        JobCluster hourly = cluster(Schedule.every(Duration.ofHours(1)));
        begun.clear();
        hourly.world.advance(Duration.ofSeconds(2));
        hourly.stepWall(hourly.owner(SHARD), Duration.ofMinutes(59).plusSeconds(58));
        hourly.world.advance(Duration.ofSeconds(11));
        assertThat(begun).hasSize(1);
    }

    @Test
    void aChangedScheduleTicksFromTheChangeAndAccusesNobody() {
        Map<String, Hosted> first = new HashMap<>();
        JobCluster cluster = new JobCluster(
                1, node -> first.put(node.host.id().value(), host(node, Schedule.every(Duration.ofHours(1)))));
        cluster.world.advance(Duration.ofMinutes(30));
        first.get(cluster.owner(SHARD)).withdraw().thenRun(() -> host(owner(cluster), SECOND));
        cluster.world.advance(Duration.ofMillis(5_900));
        assertThat(outcomes(report(cluster))).hasSizeBetween(5, 6).containsOnly(Outcome.DONE);
    }

    @Test
    void aJobThatIsHostedAnewWhileACommitIsUnderWayGoesOn() {
        Map<String, Hosted> hosted = new HashMap<>();
        JobCluster cluster = new JobCluster(1, node -> hosted.put(node.host.id().value(), host(node, SECOND)));
        cluster.world.advance(Duration.ofMillis(2_000));
        for (int round = 0; round < 60; round++) {
            cluster.world.advance(Duration.ofNanos(round * 100_000L));
            String owner = cluster.owner(SHARD);
            hosted.remove(owner).withdraw().thenRun(() -> hosted.put(owner, host(owner(cluster), SECOND)));
            begun.clear();
            cluster.world.advance(Duration.ofMillis(3_000).minusNanos(round * 100_000L));
            assertThat(begun).as("ticks after round %d", round).hasSizeGreaterThan(1);
        }
    }

    private static void put(JobCluster cluster, String key, byte[] value) {
        JobNode watcher = cluster.world.node("watch").protocol();
        cluster.watched().commit(List.of(), List.of(Change.put(key, value)), watcher.deadline());
        cluster.world.advance(Duration.ofMillis(50));
    }

    @Test
    void anOwnerWhoseFenceWasTakenClaimsNothingMoreThoughNobodyTellsIt() {
        JobCluster cluster = cluster(SECOND);
        cluster.world.advance(Duration.ofMillis(2_500));
        put(cluster, "f/" + SHARD, ByteBuffer.allocate(8).putLong(99).array());
        begun.clear();
        cluster.world.advance(Duration.ofSeconds(5));
        assertThat(begun).isEmpty();
    }

    @Test
    void noTickBeginsOnAClaimOfWhichItsOwnerDoesNotKnowWhetherItStands() {
        JobCluster cluster = cluster(SECOND);
        cluster.world.advance(Duration.ofMillis(2_500));
        cluster.rows.isolate(owner(cluster).host.id());
        begun.clear();
        cluster.world.advance(Duration.ofSeconds(12));
        assertThat(begun).isEmpty();
        cluster.rows.heal();
        cluster.world.advance(Duration.ofSeconds(12));
        assertThat(begun).isNotEmpty().isSorted().doesNotHaveDuplicates();
    }

    @Test
    void anOwnerOverwritesNothingThatItHasNotRead() {
        JobCluster cluster = cluster(SECOND);
        cluster.world.advance(Duration.ofMillis(2_500));
        JobRecord row = report(cluster);
        Instant ahead = row.through().plusSeconds(3);
        put(
                cluster,
                JobRow.key("x"),
                JobRecordCodec.encode(new JobRecord(row.ticks(), ahead, row.running(), row.history())));
        begun.clear();
        cluster.world.advance(Duration.ofSeconds(5));
        assertThat(begun).isNotEmpty().allMatch(tick -> tick.isAfter(ahead));
    }

    @Test
    void aJobThatWasTakenBackIsInterruptedAndItsNameIsFree() {
        lasts = Duration.ofSeconds(30);
        List<Hosted> mine = new ArrayList<>();
        JobCluster cluster = new JobCluster(1, node -> {
            Hosted hosted = host(node, SECOND);
            assertThatThrownBy(() -> host(node, SECOND))
                    .isInstanceOf(InvalidContractException.class)
                    .hasMessageContaining("job/x");
            mine.add(hosted);
        });
        cluster.world.advance(Duration.ofMillis(1_500));
        assertThat(begun).hasSize(1);
        List<String> gone = new ArrayList<>();
        mine.forEach(hosted -> hosted.withdraw().thenRun(() -> gone.add("gone")));
        cluster.world.advance(Duration.ofSeconds(3));
        assertThat(gone).hasSize(3);
        assertThat(outcomes(report(cluster))).containsExactly(Outcome.INTERRUPTED);
        host(owner(cluster), SECOND);
        cluster.world.advance(Duration.ofSeconds(1));
        assertThat(begun).hasSize(2);
    }

    /** Alive from start to stop, on one node at a time. */
    private static final class Alive implements SingletonService {
        final JobNode node;
        final Map<String, Integer> events;
        final List<String> alive;
        boolean fails;

        Alive(JobNode node, Map<String, Integer> events, List<String> alive) {
            this.node = node;
            this.events = events;
            this.alive = alive;
        }

        @Override
        public void start(Tenure tenure) {
            events.merge("start", 1, Integer::sum);
            if (fails) {
                fails = false;
                throw new IllegalStateException("planned");
            }
            assertThat(CallContext.current().fencingToken())
                    .hasValue(tenure.epoch().value());
            alive.add(node.host.id().value());
            node.runner.lasts(Duration.ofMillis(50));
        }

        @Override
        public void stop() {
            events.merge("stop", 1, Integer::sum);
            alive.remove(node.host.id().value());
        }
    }

    @Test
    void aSingletonIsAliveWhereItsShardIsAndBegunAgainAfterAFailure() {
        Map<String, Integer> events = new TreeMap<>();
        List<String> alive = new ArrayList<>();
        JobCluster cluster = new JobCluster(1, node -> {
            Alive service = new Alive(node, events, alive);
            service.fails = true;
            node.jobs.singleton("mailer", service);
        });
        int shard = KeyHash.shard("singleton/mailer", JobNode.SHARDS);
        cluster.world.advance(Duration.ofMillis(900));
        assertThat(alive).isEmpty();
        assertThat(events).containsEntry("start", 1).containsEntry("stop", 1);
        cluster.world.advance(Duration.ofSeconds(1));
        assertThat(alive).containsExactly(cluster.owner(shard));
        for (int i = 0; i < 5; i++) {
            cluster.move(shard);
            cluster.world.advance(Duration.ofSeconds(4));
            assertThat(alive).containsExactly(cluster.owner(shard));
        }
    }

    @Test
    void eachPartitionOfAPoolHasOneWorkerWhereverTheShardsGo() {
        int count = 12;
        Map<Integer, String> working = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        JobCluster cluster = new JobCluster(
                3,
                node -> node.jobs.workers("consumers", count, partition -> {
                    String before =
                            working.put(partition.number(), node.host.id().value());
                    if (before != null) {
                        wrong.add(partition + " has " + before);
                    }
                    assertThat(partition.of()).isEqualTo(count);
                    node.runner.goesOn(() -> {
                        CompletableFuture<Object> over = new CompletableFuture<>();
                        node.runner.onInterrupt(() -> working.remove(partition.number()));
                        return over;
                    });
                }));
        for (int i = 0; i < 6; i++) {
            cluster.world.advance(Duration.ofSeconds(3));
            assertThat(working).hasSize(count);
            working.forEach((number, node) -> assertThat(node)
                    .isEqualTo(cluster.owner(KeyHash.shard("pool/consumers/" + number, JobNode.SHARDS))));
            for (int shard = 0; shard < JobNode.SHARDS; shard++) {
                cluster.move(shard);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(working.values().stream().distinct().count()).isGreaterThan(1);
    }
}
