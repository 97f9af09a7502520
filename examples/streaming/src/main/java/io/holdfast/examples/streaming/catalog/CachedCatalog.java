package io.holdfast.examples.streaming.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A cache in front of the catalogue at the caller's side: an answer is at most as old as the cache's time to live, and a caller whose titles are at hand needs no catalogue at all.
 * Searches and browsing go to the catalogue: their arguments come from outside and hardly repeat. Safe for use by many threads.
 */
public final class CachedCatalog implements Catalog {
    private static final int MAX_TITLES = 10_000;
    private static final int MAX_LISTS = 200;

    private record ListKey(String kind, int limit) {}

    private final Catalog catalog;
    private final Cache<Integer, Optional<Title>> titles;
    private final Cache<ListKey, List<Title>> lists;
    private final Cache<String, List<String>> genres;

    /**
     * Makes an empty cache.
     *
     * @param catalog answers what is not at hand
     * @param timeToLive how old an answer may be
     * @param clock tells the age
     */
    public CachedCatalog(Catalog catalog, Duration timeToLive, MonotonicClock clock) {
        this.catalog = catalog;
        titles = cache(MAX_TITLES, timeToLive, clock);
        lists = cache(MAX_LISTS, timeToLive, clock);
        genres = cache(1, timeToLive, clock);
    }

    private static <K, V> Cache<K, V> cache(int maximum, Duration timeToLive, MonotonicClock clock) {
        Ticker ticker = clock::nanoTime;
        return Caffeine.newBuilder()
                .maximumSize(maximum)
                .expireAfterWrite(timeToLive)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public Optional<Title> find(int id) {
        return through(titles, id, () -> catalog.find(id));
    }

    @Override
    public List<Title> search(String text, int limit) {
        return catalog.search(text, limit);
    }

    @Override
    public List<Title> browse(int offset, int limit) {
        return catalog.browse(offset, limit);
    }

    @Override
    public List<Title> popular(int limit) {
        return through(lists, new ListKey("", limit), () -> catalog.popular(limit));
    }

    @Override
    public List<Title> ofGenre(String genre, int limit) {
        return through(lists, new ListKey(genre, limit), () -> catalog.ofGenre(genre, limit));
    }

    @Override
    public List<String> genres() {
        return through(genres, "", catalog::genres);
    }

    // not Cache.get(key, loader): a slow catalogue must not hold a lock of the cache under which other keys wait
    private static <K, V> V through(Cache<K, V> cache, K key, Supplier<V> load) {
        V known = cache.getIfPresent(key);
        if (known == null) {
            known = load.get();
            cache.put(key, known);
        }
        return known;
    }
}
