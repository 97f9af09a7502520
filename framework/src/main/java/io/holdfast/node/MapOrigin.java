package io.holdfast.node;

import io.holdfast.consensus.MapEvent;
import io.holdfast.consensus.MapNews;
import io.holdfast.consensus.MapRange;
import io.holdfast.consensus.MapReading;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.Versioned;
import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.Registration;
import io.holdfast.replication.cache.CacheOrigin;
import io.holdfast.replication.cache.ChangeFeed;
import io.holdfast.replication.cache.ChangeListener;
import io.holdfast.replication.cache.Loaded;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A replicated map as the origin of a near cache. A watch tells of changes as soon as they happen, and linearizable questions for news tell when all were told. Revisions are doubled: a key may expire at the
 * revision that wrote it, and its absence is the newer state. Safe for use by many threads.
 */
final class MapOrigin<K, V> implements CacheOrigin<K, V> {
    private final ReplicatedMap<K, V> map;
    private final MonotonicClock clock;
    private final Duration patience;

    /**
     * Makes an origin.
     *
     * @param patience how long a question for news may take, see {@link io.holdfast.replication.cache.NearCacheOptions#questionPause}: one that is lost holds up the next for that long
     */
    MapOrigin(ReplicatedMap<K, V> map, MonotonicClock clock, Duration patience) {
        this.map = map;
        this.clock = clock;
        this.patience = patience;
    }

    private static long present(long revision) {
        return 2 * revision;
    }

    private static long absent(long revision) {
        return 2 * revision + 1;
    }

    @Override
    public CompletionStage<Loaded<V>> load(K key) {
        return map.readingAsync(key, ReadConsistency.LINEARIZABLE).thenApply(MapOrigin::loaded);
    }

    private static <V> Loaded<V> loaded(MapReading<V> reading) {
        return new Loaded<>(
                reading.entry().map(Versioned::value),
                reading.entry().map(found -> present(found.modified())).orElse(absent(reading.revision())));
    }

    @Override
    public CompletionStage<Long> put(K key, V value) {
        return map.putAsync(key, value).thenApply(written -> present(written.revision()));
    }

    @Override
    public CompletionStage<Long> remove(K key) {
        return map.removeAsync(key).thenApply(written -> absent(written.revision()));
    }

    @Override
    public ChangeFeed follow(ChangeListener<K> listener) {
        return new News(listener);
    }

    private static <K, V> void tell(ChangeListener<K> listener, MapEvent<K, V> event) {
        if (event instanceof MapEvent.Put<K, V> put) {
            listener.changed(put.key(), present(put.revision()));
        } else if (event instanceof MapEvent.Removed<K, V> removed) {
            long revision = removed.revision();
            listener.changed(removed.key(), removed.expired() ? absent(revision) : present(revision));
        }
    }

    /** What the watch tells early, and the questions whose answers have no gap. One question at a time; who asks meanwhile waits for the next one. */
    private final class News implements ChangeFeed {
        private final ChangeListener<K> listener;
        private final Registration watch;
        private long next = MapNews.BEGIN; // of the question that is under way
        private boolean underWay; // guarded by this
        private @Nullable CompletableFuture<Void> following; // guarded by this

        News(ChangeListener<K> listener) {
            this.listener = listener;
            // a gap of the watch is none of the news
            this.watch = map.watch(MapRange.all(), 0, event -> tell(listener, event));
        }

        @Override
        public CompletionStage<Void> settle() {
            CompletableFuture<Void> first = new CompletableFuture<>();
            synchronized (this) {
                if (underWay) {
                    CompletableFuture<Void> later = following == null ? first : following;
                    following = later;
                    return later.copy();
                }
                underWay = true;
            }
            ask(first);
            return first.copy();
        }

        private void ask(CompletableFuture<Void> end) {
            question().whenComplete((news, error) -> {
                Throwable failure = error != null ? error : told(news);
                if (failure == null && news.more()) {
                    ask(end);
                    return;
                }
                if (failure == null) {
                    end.complete(null);
                } else {
                    end.completeExceptionally(failure);
                }
                follow();
            });
        }

        /** What went wrong, of a codec say: then nobody knows how much was told, and the next question begins anew, with a gap. */
        private @Nullable RuntimeException told(MapNews<K, V> news) {
            try {
                if (next == MapNews.BEGIN || news.compacted()) {
                    listener.gap();
                }
                news.events().forEach(event -> tell(listener, event));
                next = news.next();
                return null;
            } catch (RuntimeException e) {
                next = MapNews.BEGIN;
                return e;
            }
        }

        private CompletionStage<MapNews<K, V>> question() {
            Deadline deadline = Deadline.after(clock.nanoTime(), patience);
            try (CallContext.Scope scope =
                    CallContext.EMPTY.withDeadline(deadline).open()) {
                return map.newsAsync(next);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void follow() {
            CompletableFuture<Void> waiting;
            synchronized (this) {
                waiting = following;
                following = null;
                underWay = waiting != null;
            }
            if (waiting != null) {
                ask(waiting);
            }
        }

        @Override
        public void close() {
            watch.close();
        }
    }
}
