package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import io.holdfast.replication.cache.CacheOrigin;
import io.holdfast.replication.cache.NearCache;
import io.holdfast.replication.cache.NearCacheOptions;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The near caches of a node, which end with it. Safe for use by many threads. */
final class NearCaches implements AutoCloseable {
    private final Environment environment;
    private final MeterRegistry registry;
    private final Map<String, NearCache<?, ?>> open = new HashMap<>(); // guarded by this
    private boolean closed; // guarded by this

    NearCaches(Environment environment, MeterRegistry registry) {
        this.environment = environment;
        this.registry = registry;
    }

    synchronized <K, V> NearCache<K, V> start(String name, CacheOrigin<K, V> origin, NearCacheOptions options) {
        if (closed) {
            throw new UnavailableException("near cache " + name + " was not started: this node leaves");
        }
        open.values().removeIf(NearCache::ended);
        Check.that(
                !open.containsKey(name),
                "map %s has a near cache on this node already; use that one, or close it first and wait until that has ended",
                name);
        NearCache<K, V> cache = NearCache.of(name, origin, options).start(environment, registry);
        open.put(name, cache);
        return cache;
    }

    /** Ends them while the maps can still be written; what they could not write by the end of the limit is logged. */
    CompletionStage<Void> leave(Duration limit) {
        return CompletableFuture.allOf(closing(limit));
    }

    private synchronized CompletableFuture<?>[] closing(Duration limit) {
        closed = true;
        return open.values().stream()
                .map(cache -> cache.closeAsync(limit).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
    }

    /** Ends them at once. */
    @Override
    public void close() {
        closing(Duration.ZERO);
    }
}
