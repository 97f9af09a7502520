package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.consensus.PutOptions;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.ShardedMap;
import io.holdfast.replication.cache.NearCache;
import io.holdfast.replication.cache.NearCacheOptions;
import io.holdfast.replication.cache.WriteBehindOptions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Near caches in front of the maps of a real node. */
class NearCacheNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final NearCacheOptions OPTIONS = NearCacheOptions.bounded(Duration.ofSeconds(10));
    private static HoldfastNode node;

    @BeforeAll
    static void start() {
        node = ConsensusNodesTest.patient("only")
                .set("holdfast.consensus.groups", "2")
                .start()
                .awaitReady(LIMIT);
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static double counter(String name, String cache, String result) {
        return node.telemetry()
                .meters()
                .get(name)
                .tags("cache", cache, "result", result)
                .functionCounter()
                .count();
    }

    private static void awaitVouched(String cache) {
        await().atMost(LIMIT)
                .until(() -> node.telemetry()
                                .meters()
                                .get("holdfast.cache.change")
                                .tags("cache", cache, "kind", "gap")
                                .functionCounter()
                                .count()
                        > 0);
    }

    @Test
    void aCopyOfAReplicatedMapIsDroppedWhenOthersWriteRemoveOrLetExpire() {
        ReplicatedMap<String, String> map = node.map("films", String.class, String.class);
        try (NearCache<String, String> cache = node.nearCache(map, OPTIONS)) {
            awaitVouched("films");
            map.put("a", "1");
            assertThat(cache.get("a")).contains("1");
            double hits = counter("holdfast.cache.get", "films", "hit");
            assertThat(cache.get("a")).contains("1");
            assertThat(counter("holdfast.cache.get", "films", "hit")).isEqualTo(hits + 1);
            map.put("a", "2"); // far within the bound: only the feed can tell
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(cache.get("a")).contains("2"));
            map.remove("a");
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(cache.get("a")).isEmpty());
            map.put("b", "1", PutOptions.timeToLive(Duration.ofMillis(300)));
            assertThat(cache.get("b")).contains("1");
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(cache.get("b")).isEmpty());
            cache.put("c", "3");
            assertThat(cache.get("c")).contains("3");
            assertThat(map.get("c")).contains("3");
            cache.remove("c");
            assertThat(cache.get("c")).isEmpty();
            assertThatThrownBy(() -> node.nearCache(map, OPTIONS)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(node.nearCache(map, OPTIONS).get("a")).isEmpty();
    }

    @Test
    void aCopyOfAShardedMapIsDroppedWhicheverPartItIsOf() {
        ShardedMap<String, String> map = node.shardedMap("actors", String.class, String.class);
        try (NearCache<String, String> cache = node.nearCache(map, OPTIONS)) {
            awaitVouched("actors");
            for (int i = 0; i < 8; i++) {
                map.put("k" + i, "1");
                assertThat(cache.get("k" + i)).contains("1");
                map.put("k" + i, "2");
            }
            for (int i = 0; i < 8; i++) {
                String key = "k" + i;
                await().atMost(Duration.ofSeconds(5))
                        .untilAsserted(() -> assertThat(cache.get(key)).contains("2"));
            }
        }
    }

    @Test
    void whatWriteBehindHoldsIsWrittenWhenTheCacheIsClosed() {
        ReplicatedMap<String, String> map = node.map("notes", String.class, String.class);
        NearCacheOptions behind =
                OPTIONS.withWriteBehind(WriteBehindOptions.standard().withDelay(Duration.ofHours(1)));
        try (NearCache<String, String> cache = node.nearCache(map, behind)) {
            cache.put("a", "1");
            assertThat(cache.get("a")).contains("1");
            assertThat(map.get("a")).isEqualTo(Optional.empty());
        }
        assertThat(map.get("a")).contains("1");
    }
}
