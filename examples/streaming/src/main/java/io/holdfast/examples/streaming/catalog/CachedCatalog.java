package io.holdfast.examples.streaming.catalog;

import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A cache in front of the catalogue at the caller's side: an answer is renewed when it is older than the cache's time to live, and a caller whose titles are at hand needs no catalogue at all: while it does not answer, the old titles are shown.
 * Searches and browsing go to the catalogue: their arguments come from outside and hardly repeat. Safe for use by many threads.
 */
public final class CachedCatalog implements Catalog {
    private static final int MAX_TITLES = 10_000;
    private static final int MAX_LISTS = 200;

    private record ListKey(String kind, int limit) {}

    private final Catalog catalog;
    private final KeptAnswers<Integer, Optional<Title>> titles;
    private final KeptAnswers<ListKey, List<Title>> lists;
    private final KeptAnswers<String, List<String>> genres;

    /**
     * Makes an empty cache.
     *
     * @param catalog answers what is not at hand
     * @param timeToLive how old an answer may be that is not renewed
     * @param clock tells the age
     */
    public CachedCatalog(Catalog catalog, Duration timeToLive, MonotonicClock clock) {
        this.catalog = catalog;
        titles = new KeptAnswers<>(MAX_TITLES, timeToLive, clock);
        lists = new KeptAnswers<>(MAX_LISTS, timeToLive, clock);
        genres = new KeptAnswers<>(1, timeToLive, clock);
    }

    @Override
    public Optional<Title> find(int id) {
        return titles.get(id, () -> catalog.find(id));
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
        return lists.get(new ListKey("", limit), () -> catalog.popular(limit));
    }

    @Override
    public List<Title> ofGenre(String genre, int limit) {
        return lists.get(new ListKey(genre, limit), () -> catalog.ofGenre(genre, limit));
    }

    @Override
    public List<String> genres() {
        return genres.get("", catalog::genres);
    }
}
