package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.NodeId;
import io.holdfast.replication.cache.NearCache;
import io.holdfast.replication.cache.NearCacheOptions;
import io.holdfast.replication.quorum.ConflictException;
import io.holdfast.replication.quorum.LatestEntry;
import io.holdfast.replication.quorum.LatestMap;
import io.holdfast.replication.quorum.QuorumMap;
import io.holdfast.replication.quorum.QuorumOptions;
import io.holdfast.replication.quorum.Ring;
import io.holdfast.replication.quorum.Siblings;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.HybridClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quorum maps on real nodes with disks: without a leader, without one of the nodes, and while members change. */
@Tag("slow")
class QuorumNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    record Title(String id, List<String> tags) {}

    private final List<HoldfastNode> nodes = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        nodes.forEach(HoldfastNode::abandon);
    }

    private NodeBuilder node(String id) {
        NodeBuilder node = ConsensusNodesTest.patient(id)
                .replication(true)
                .set("holdfast.node.data-dir", directory.resolve(id).toString())
                .set("holdfast.node.drain", "2s");
        return nodes.isEmpty() ? node : node.seeds(nodes.get(0).address().toString());
    }

    private HoldfastNode start(NodeBuilder builder) {
        HoldfastNode started = builder.start();
        nodes.add(started);
        return started;
    }

    private static QuorumMap<String, Title> titles(HoldfastNode node) {
        return node.quorumMap("titles", String.class, Title.class, QuorumOptions.MAJORITY);
    }

    private static LatestMap<String, String> names(HoldfastNode node) {
        return node.latestMap("names", String.class, String.class, QuorumOptions.MAJORITY);
    }

    private void awaitRing(int members) {
        await().atMost(LIMIT)
                .until(() -> nodes.stream()
                        .allMatch(node -> node.quorum().isReady()
                                && node.quorum().ring().phase() == Ring.Phase.STABLE
                                && node.quorum().ring().current().size() == members));
    }

    @Test
    void whatAMajorityHasStoredIsReadWithoutOneNodeAndAfterItCameBackAndAfterAnotherHasLeft() {
        start(node("n1")).awaitReady(LIMIT);
        start(node("n2")).awaitReady(LIMIT);
        HoldfastNode third = start(node("n3")).awaitReady(LIMIT);
        HoldfastNode caller = start(node("caller").set("holdfast.replication.member", "false"))
                .awaitReady(LIMIT);
        awaitRing(3);
        for (int i = 0; i < 100; i++) {
            titles(nodes.get(i % 4)).put("t" + i, new Title("t" + i, List.of("new")));
            names(nodes.get(i % 4)).put("t" + i, "name " + i);
        }
        third.abandon();
        nodes.remove(third);
        for (int i = 0; i < 100; i++) {
            assertThat(titles(nodes.get(i % 3)).get("t" + i)).contains(new Title("t" + i, List.of("new")));
        }
        names(caller).put("t1", "another name");
        names(caller).remove("t2");
        HoldfastNode again = start(node("n3")).awaitReady(LIMIT);
        QuorumOptions alone = QuorumOptions.MAJORITY.withRead(1).withRepairFirst(false);
        await().atMost(LIMIT).until(() -> names(again).with(alone).get("t1").orElse(""), "another name"::equals);
        assertThat(names(again).get("t2")).isEmpty();

        HoldfastNode leaving = nodes.get(1);
        start(node("n4")).awaitReady(LIMIT);
        awaitRing(4);
        leaving.quorum().leave().toCompletableFuture().join();
        awaitRing(3);
        assertThat(caller.quorum().ring().has(NodeId.of("n2"))).isFalse();
        for (int i = 3; i < 100; i++) {
            assertThat(titles(leaving).get("t" + i)).contains(new Title("t" + i, List.of("new")));
            assertThat(names(caller).get("t" + i)).contains("name " + i);
        }
    }

    @Test
    void writesThatDidNotKnowOfEachOtherStandSideBySideUntilSomebodyMergesThem() {
        HoldfastNode node = start(node("only")).awaitReady(LIMIT);
        awaitRing(1);
        QuorumMap<String, Title> map = titles(node);
        map.put("a", new Title("a", List.of("x")), CausalContext.EMPTY);
        map.put("a", new Title("a", List.of("y")), CausalContext.EMPTY);
        Siblings<Title> both = map.read("a");
        assertThat(both.values()).extracting(Title::tags).containsExactlyInAnyOrder(List.of("x"), List.of("y"));
        assertThatThrownBy(() -> map.get("a"))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("2 values")
                .hasMessageContaining("read()");
        QuorumMap<String, Title> merging = map.merging((one, other) -> {
            List<String> tags = new ArrayList<>(one.tags());
            tags.addAll(other.tags());
            return new Title(one.id(), tags.stream().distinct().sorted().toList());
        });
        assertThat(merging.update("a", title -> title)).contains(new Title("a", List.of("x", "y")));
        assertThat(map.get("a")).contains(new Title("a", List.of("x", "y")));
        map.remove("a", both.context());
        assertThat(map.get("a")).as("what its remover had not read").isPresent();
        map.remove("a");
        assertThat(map.get("a")).isEmpty();
    }

    @Test
    void eachWriteOfAKeyHasALaterTimeThanTheOneBeforeAndAReadShowsIt() {
        HoldfastNode node = start(node("only")).awaitReady(LIMIT);
        LatestMap<String, String> map = names(node);
        LatestEntry<String> never = map.entry("k");
        assertThat(never.value()).isEmpty();
        long first = map.putAsync("k", "1").toCompletableFuture().join();
        assertThat(first).isGreaterThan(never.time());
        assertThat(map.entry("k")).isEqualTo(new LatestEntry<>(Optional.of("1"), first));
        long removed = map.removeAsync("k").toCompletableFuture().join();
        assertThat(removed).isGreaterThan(first);
        assertThat(map.entry("k")).isEqualTo(new LatestEntry<>(Optional.empty(), removed));
        assertThat(map.entry("another").time())
                .as("of a removal that may be forgotten an hour later, and of a write that comes now")
                .isBetween(
                        removed - HybridClock.reading(Duration.ofMinutes(59).toMillis()),
                        removed - HybridClock.reading(Duration.ofMinutes(1).toMillis()));
        long second = map.with(QuorumOptions.MAJORITY.withTimeToLive(Duration.ofMillis(50)))
                .putAsync("k", "2")
                .toCompletableFuture()
                .join();
        assertThat(second).isGreaterThan(removed);
        await().atMost(LIMIT).until(() -> map.entry("k"), new LatestEntry<>(Optional.empty(), second)::equals);
    }

    @Test
    void aCopyOfAQuorumMapIsNewAfterItsBoundAndAfterAWriteThroughItAtOnce() {
        HoldfastNode node = start(node("only")).awaitReady(LIMIT);
        LatestMap<String, String> map = names(node);
        NearCacheOptions options = NearCacheOptions.bounded(Duration.ofMillis(500));
        try (NearCache<String, String> copies = node.nearCache(map, options)) {
            map.put("k", "1");
            assertThat(copies.get("k")).contains("1");
            map.put("k", "2");
            await().atMost(LIMIT).until(() -> copies.get("k").orElse(""), "2"::equals);
            copies.put("k", "3");
            assertThat(copies.get("k")).contains("3");
            assertThat(map.get("k")).contains("3");
            copies.remove("k");
            assertThat(copies.get("k")).isEmpty();
            assertThat(map.get("k")).isEmpty();
            map.put("k", "4");
            await().atMost(LIMIT).until(() -> copies.get("k").orElse(""), "4"::equals);
        }
    }

    @Test
    void whatDoesNotFitIsToldWithItsRemedy() {
        HoldfastNode node = start(node("only")).awaitReady(LIMIT);
        assertThatThrownBy(() -> node.quorumMap("m", String.class, String.class, QuorumOptions.MAJORITY.withWrite(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write (5)")
                .hasMessageContaining("replicas (3)");
        assertThatThrownBy(() -> names(node).put("k", "x".repeat(2 << 20)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048576");
        LatestMap<String, String> brief =
                names(node).with(QuorumOptions.MAJORITY.withTimeToLive(Duration.ofMillis(50)));
        brief.put("k", "soon gone");
        await().atMost(LIMIT).until(() -> names(node).get("k").isEmpty());
    }
}
