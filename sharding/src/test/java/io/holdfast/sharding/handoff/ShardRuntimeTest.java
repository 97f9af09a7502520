package io.holdfast.sharding.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.Host;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shell on real threads and clocks, with a short lease. Waits are for conditions, never for times. */
class ShardRuntimeTest {
    private static final int SHARDS = 16;
    private static final ShardingConfig CONFIG = ShardingConfig.lan()
            .withShards(SHARDS)
            .withLease(Duration.ofMillis(150))
            .withDrainLimit(Duration.ofSeconds(5));

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Town town = new Town();

    @AfterEach
    void close() {
        town.close();
    }

    /** Notes what it is told. */
    private static final class Diary implements ShardTenant {
        private final Map<Integer, List<String>> told = new ConcurrentHashMap<>();
        private final CompletableFuture<Void> drained = new CompletableFuture<>();
        private final LinkedBlockingQueue<Integer> draining = new LinkedBlockingQueue<>();
        private volatile boolean slow;

        private void note(int shard, String word) {
            told.computeIfAbsent(shard, any -> new CopyOnWriteArrayList<>()).add(word);
        }

        @Override
        public CompletionStage<?> warm(int shard) {
            note(shard, "warm");
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void serve(int shard, Tenure tenure) {
            note(shard, "serve " + tenure.epoch());
        }

        @Override
        public CompletionStage<?> drain(int shard) {
            note(shard, "drain");
            draining.add(shard);
            return slow ? drained : CompletableFuture.completedFuture(null);
        }

        @Override
        public void stop(int shard) {
            note(shard, "stop");
        }
    }

    private void until(BooleanSupplier condition) {
        try {
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(condition::getAsBoolean);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("not after " + LIMIT + ": " + town, e);
        }
    }

    private long owners(int shard) {
        return town.nodes.values().stream()
                .filter(node -> node.tenure(shard).isPresent())
                .count();
    }

    private boolean isServed() {
        return IntStream.range(0, SHARDS).allMatch(shard -> owners(shard) == 1);
    }

    private static long owned(ShardRuntime node) {
        return IntStream.range(0, SHARDS)
                .filter(shard -> node.tenure(shard).isPresent())
                .count();
    }

    private boolean isEven() {
        return isServed() && town.nodes.values().stream().allMatch(node -> owned(node) >= SHARDS / 3 - 1);
    }

    private void three() throws InterruptedException {
        town.start("a", CONFIG);
        town.start("b", CONFIG);
        town.start("c", CONFIG);
        town.lead("a");
        until(this::isEven);
    }

    @Test
    void everyShardHasOneOwnerWhoHoldsIt() throws Exception {
        three();
        town.nodes
                .values()
                .forEach(node -> IntStream.range(0, SHARDS)
                        .mapToObj(node::tenure)
                        .flatMap(Optional::stream)
                        .forEach(tenure -> {
                            assertThat(tenure.epoch().value()).isPositive();
                            assertThat(tenure.fence().version()).isPositive();
                            assertThat(tenure.table().group().value()).isEqualTo("data-" + tenure.shard() % 2);
                        }));
        assertThat(town.nodes.get("b").plan().moves()).isEmpty();
        assertThat(town.recorder.entries()).anyMatch(entry -> entry.area().equals("shards"));
        assertThat(town.meters
                        .get("holdfast.shard.lease")
                        .tag("result", "renewed")
                        .counter()
                        .count())
                .isPositive();
    }

    @Test
    void theShardsOfADeadNodeAreServedByTheOthersWhoeverLeads() throws Exception {
        three();
        town.end("a");
        town.lead("b");
        until(this::isServed);
        assertThat(town.nodes.get("b").map().shards())
                .allMatch(own -> own.owner()
                        .filter(host -> host.node().value().equals("a"))
                        .isEmpty());
    }

    @Test
    void aNodeThatLeavesHandsOverEverythingBeforeItGoes() throws Exception {
        Diary diary = new Diary();
        town.start("a", CONFIG, diary);
        town.lead("a");
        until(this::isServed);
        town.start("b", CONFIG);
        until(() -> town.nodes.get("a").members().stream()
                .anyMatch(member -> member.host().node().value().equals("b") && !member.leaving()));
        assertThat(town.nodes
                        .get("a")
                        .leave(Duration.ofSeconds(30))
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS))
                .isZero();
        assertThat(owned(town.nodes.get("a"))).isZero();
        until(this::isServed);
        assertThat(diary.told.values()).allMatch(words -> words.equals(List.of("serve 1", "drain")));
    }

    @Test
    void aShardThatMovesIsNotServedElsewhereBeforeItIsDrained() throws Exception {
        Diary diary = new Diary();
        diary.slow = true;
        ShardRuntime a = town.start("a", CONFIG, diary);
        town.lead("a");
        until(this::isServed);
        ShardRuntime b = town.start("b", CONFIG);
        Integer shard = diary.draining.poll(30, TimeUnit.SECONDS);
        assertThat(shard).isNotNull();
        until(() -> b.map()
                .at(shard)
                .owner()
                .filter(host -> host.node().equals(b.self()))
                .isPresent());
        assertThat(a.tenure(shard)).isEmpty();
        CompletableFuture<Optional<Tenure>> arrived =
                b.await(shard, b.map().revision(), Deadline.NONE).toCompletableFuture();
        assertThat(arrived).isNotDone();
        diary.drained.complete(null);
        assertThat(arrived.get(30, TimeUnit.SECONDS).orElseThrow().epoch().value())
                .isEqualTo(2);
        assertThat(a.await(shard, b.map().revision(), Deadline.NONE)
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS))
                .as("the former owner knows that it is another's")
                .isEmpty();
    }

    @Test
    void whoWaitsForAShardInVainIsToldAtTheDeadline() {
        ShardRuntime a = town.start("a", CONFIG);
        Deadline soon = Deadline.after(town.environment().clock().nanoTime(), Duration.ofMillis(20));
        assertThatThrownBy(() -> a.await(3, 1, soon).toCompletableFuture().get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(UnavailableException.class)
                .hasMessageContaining("shard 3 is not served before the deadline");
    }

    @Test
    void aNodeWithOtherNumbersThanItsClusterOwnsNothingAndSaysWhy() throws Exception {
        town.start("a", CONFIG);
        town.lead("a");
        until(this::isServed);
        ShardRuntime smaller = town.start("b", CONFIG.withShards(8));
        ShardRuntime fewer = town.start("c", CONFIG, town.data.subList(0, 1));
        ShardRuntime alike = town.start("d", CONFIG);
        until(() -> isServed() && owned(alike) >= SHARDS / 2 - 1);
        until(() -> smaller.isInformed() && fewer.isInformed());
        assertThat(owned(smaller) + owned(fewer)).isZero();
        assertThat(smaller.misfit().orElseThrow())
                .isEqualTo("holdfast.sharding.shards (8) must be the number with which the cluster was founded (16);"
                        + " set it to that");
        assertThat(fewer.misfit().orElseThrow())
                .contains("holdfast.consensus.groups (1) must be the number with which the cluster was founded (2)");
        assertThat(alike.misfit()).isEmpty();
    }

    @Test
    void aFenceBeyondItsShardsEpochAsAfterARestoreIsOvertaken() throws Exception {
        byte[] fence = FenceCodec.encode(new Epoch(50), new Host(NodeId.of("before"), 7));
        town.data
                .get(1)
                .commit(List.of(), List.of(Change.put("shards/entities/fence/3", fence)), Deadline.NONE)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        ShardRuntime a = town.start("a", CONFIG);
        town.lead("a");
        until(this::isServed);
        assertThat(a.tenure(3).orElseThrow().epoch()).isEqualTo(new Epoch(51));
        assertThat(town.recorder.entries())
                .anyMatch(entry -> entry.decision().contains("restored from backups of different moments"));
    }

    @Test
    void oneWhoWaitsForAShardThatIsNotThereHoldsUpNobody() throws Exception {
        ShardRuntime a = town.start("a", CONFIG);
        CompletableFuture<Optional<Tenure>> none =
                a.await(SHARDS + 1, 1, Deadline.NONE).toCompletableFuture();
        CompletableFuture<Optional<Tenure>> some = a.await(2, 2, Deadline.NONE).toCompletableFuture();
        town.lead("a");
        assertThat(some.get(30, TimeUnit.SECONDS)).isPresent();
        assertThat(none.get(30, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void whoLeadsWithoutAPartInShardsIsNamed() throws Exception {
        ShardRuntime a = town.start("a", CONFIG);
        assertThat(a.uncoordinated()).contains("no leader of the group of the shard map is known");
        town.lead("z");
        assertThat(a.uncoordinated().orElseThrow())
                .isEqualTo("node z leads the group of the shard map and has no part in shards: set"
                        + " holdfast.sharding.enabled on every node");
        town.lead("a");
        assertThat(a.uncoordinated()).isEmpty();
    }

    @Test
    void aPinOfAShardThatIsNotThereIsRefused() throws Exception {
        ShardRuntime a = town.start("a", CONFIG);
        town.lead("a");
        until(this::isServed);
        assertThatThrownBy(() -> a.operations()
                        .pin(SHARDS, NodeId.of("a"))
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shard (16) must be between 0 and 15");
    }

    @Test
    void anyNodeCarriesOutWhatOperatorsWant() throws Exception {
        three();
        NodeId c = NodeId.of("c");
        Operations b = town.nodes.get("b").operations();
        List<Long> revisions = new CopyOnWriteArrayList<>();
        town.nodes.get("c").onMap(map -> revisions.add(map.revision()));
        for (int shard = 0; shard < 3; shard++) {
            b.pin(shard, c).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        until(() -> IntStream.range(0, 3)
                .allMatch(shard -> town.nodes.get("c").tenure(shard).isPresent()));
        b.ban(c).toCompletableFuture().get(30, TimeUnit.SECONDS);
        until(() -> owned(town.nodes.get("c")) == 0 && isServed());
        b.unban(c).toCompletableFuture().get(30, TimeUnit.SECONDS);
        b.pause().toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(town.nodes.get("b").map().rules().paused()).isTrue();
        assertThat(town.nodes.get("b").map().rules().pins()).hasSize(3);
        assertThat(revisions).isSorted();
    }
}
