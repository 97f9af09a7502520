package io.holdfast.examples.streaming.gateway;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.examples.streaming.catalog.Catalog;
import io.holdfast.examples.streaming.catalog.KeptAnswers;
import io.holdfast.examples.streaming.catalog.Title;
import io.holdfast.examples.streaming.trending.Trending;
import io.holdfast.examples.streaming.trending.TrendingRow;
import io.holdfast.examples.streaming.trending.TrendingRow.PlayedTitle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The trending row with its titles, looked up once a second at most, and nothing while nobody knows it: a home page comes without it as well. Safe for use by many threads. */
final class TrendingTitles {
    private static final Duration RENEWED_AFTER = Duration.ofSeconds(1);
    private static final Row NONE = new Row(List.of(), "", 0);

    private final Trending trending;
    private final Catalog catalog;
    private final KeptAnswers<String, Row> kept;

    record Played(Title title, int plays) {}

    /** The row as a page shows it. */
    record Row(List<Played> titles, String madeBy, long term) {}

    TrendingTitles(Trending trending, Catalog catalog, MonotonicClock clock) {
        this.trending = trending;
        this.catalog = catalog;
        this.kept = new KeptAnswers<>(1, RENEWED_AFTER, clock);
    }

    Row now() {
        try {
            return kept.get("", this::lookUp);
        } catch (HoldfastException unknown) {
            return NONE;
        }
    }

    private Row lookUp() {
        TrendingRow row = trending.row();
        List<Played> titles = row.titles().stream()
                .map(this::played)
                .flatMap(Optional::stream)
                .toList();
        return new Row(titles, row.madeBy(), row.term());
    }

    private Optional<Played> played(PlayedTitle one) {
        return catalog.find(one.title()).map(title -> new Played(title, one.plays()));
    }
}
