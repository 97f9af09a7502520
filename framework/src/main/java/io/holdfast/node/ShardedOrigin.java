package io.holdfast.node;

import io.holdfast.consensus.ShardedMap;
import io.holdfast.core.GroupId;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.replication.cache.CacheOrigin;
import io.holdfast.replication.cache.ChangeFeed;
import io.holdfast.replication.cache.ChangeListener;
import io.holdfast.replication.cache.Loaded;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A sharded map as the origin of a near cache: a key's part answers, and all was told when each part has told all. Safe for use by many threads. */
final class ShardedOrigin<K, V> implements CacheOrigin<K, V> {
    private final ShardedMap<K, V> map;
    private final Map<GroupId, MapOrigin<K, V>> parts = new HashMap<>();

    ShardedOrigin(ShardedMap<K, V> map, MonotonicClock clock, Duration patience) {
        this.map = map;
        map.parts().forEach(part -> parts.put(part.group(), new MapOrigin<>(part, clock, patience)));
    }

    private MapOrigin<K, V> part(K key) {
        return Objects.requireNonNull(parts.get(map.part(key).group()));
    }

    @Override
    public CompletionStage<Loaded<V>> load(K key) {
        return part(key).load(key);
    }

    @Override
    public CompletionStage<Long> put(K key, V value) {
        return part(key).put(key, value);
    }

    @Override
    public CompletionStage<Long> remove(K key) {
        return part(key).remove(key);
    }

    @Override
    public ChangeFeed follow(ChangeListener<K> listener) {
        List<ChangeFeed> feeds =
                parts.values().stream().map(part -> part.follow(listener)).toList();
        return new ChangeFeed() {
            @Override
            public CompletionStage<Void> settle() {
                return CompletableFuture.allOf(feeds.stream()
                        .map(feed -> feed.settle().toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new));
            }

            @Override
            public void close() {
                feeds.forEach(ChangeFeed::close);
            }
        };
    }
}
