package io.holdfast.sharding.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.Tenure;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shell on real threads and clocks, with a short lease. Waits are for conditions, never for times. */
@Timeout(60)
class ShardRuntimeTest {
    private static final int SHARDS = 16;
    private static final ShardingConfig CONFIG = ShardingConfig.lan()
            .withShards(SHARDS)
            .withLease(Duration.ofMillis(150))
            .withDrainLimit(Duration.ofSeconds(5));

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

    private static void until(BooleanSupplier condition) {
        await().forever().pollInSameThread().pollInterval(Duration.ofMillis(5)).until(condition::getAsBoolean);
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
