package io.holdfast.node;

import io.holdfast.replication.cache.CacheOrigin;
import io.holdfast.replication.cache.ChangeFeed;
import io.holdfast.replication.cache.ChangeListener;
import io.holdfast.replication.cache.Loaded;
import io.holdfast.replication.quorum.LatestMap;
import java.util.concurrent.CompletionStage;

/**
 * A quorum map as the origin of a near cache. Revisions are the times of writes; a value that expires keeps its time, and of two answers with one time the cache takes the one that was asked for later. Nobody is told of
 * changes, since no node sees all of them, so copies live by the staleness bound alone. Safe for use by many threads.
 */
final class LatestOrigin<K, V> implements CacheOrigin<K, V> {
    private final LatestMap<K, V> map;

    LatestOrigin(LatestMap<K, V> map) {
        this.map = map;
    }

    @Override
    public CompletionStage<Loaded<V>> load(K key) {
        return map.entryAsync(key).thenApply(entry -> new Loaded<>(entry.value(), entry.time()));
    }

    @Override
    public CompletionStage<Long> put(K key, V value) {
        return map.putAsync(key, value);
    }

    @Override
    public CompletionStage<Long> remove(K key) {
        return map.removeAsync(key);
    }

    @Override
    public ChangeFeed follow(ChangeListener<K> listener) {
        return ChangeFeed.NONE;
    }
}
