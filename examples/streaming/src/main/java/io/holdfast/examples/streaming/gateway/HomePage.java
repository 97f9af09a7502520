package io.holdfast.examples.streaming.gateway;

import io.holdfast.examples.streaming.auth.Session;
import io.holdfast.examples.streaming.catalog.Catalog;
import io.holdfast.examples.streaming.catalog.Title;
import io.holdfast.examples.streaming.playback.History;
import io.holdfast.examples.streaming.playback.PlaybackOwners;
import io.holdfast.examples.streaming.playback.Watched;
import io.holdfast.examples.streaming.recommendation.Picks;
import io.holdfast.examples.streaming.recommendation.Recommendation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts a user's home page together: what to go on with, what to watch next, what is popular. Safe for use by many threads. */
final class HomePage {
    /** How many titles a row has. */
    static final int ROW = 10;

    private static final int CONTINUE_ROW = 5;

    private final Catalog catalog;
    private final Recommendation recommendation;
    private final PlaybackOwners playback;
    private final TrendingTitles trending;
    private final String node;

    record ToContinue(Title title, int seconds) {}

    HomePage(
            Catalog catalog,
            Recommendation recommendation,
            PlaybackOwners playback,
            TrendingTitles trending,
            String node) {
        this.catalog = catalog;
        this.recommendation = recommendation;
        this.playback = playback;
        this.trending = trending;
        this.node = node;
    }

    /** The page as JSON members; {@code servedBy} names the nodes that the request went through. */
    Map<String, Object> of(Session session) {
        History history = playback.history(session.user());
        List<Integer> watched = history.watched().stream().map(Watched::title).toList();
        Picks picks = recommendation.pick(watched, ROW);
        List<Title> popular = catalog.popular(ROW);

        Map<String, Object> page = new LinkedHashMap<>();
        page.put("user", session.user());
        page.put("continueWatching", toContinue(history));
        page.put("recommended", picks.missing() ? popular : picks.titles());
        page.put("becauseOf", picks.becauseOf());
        page.put("fallback", picks.missing());
        page.put("popular", popular);
        page.put("trending", trending.now());
        page.put(
                "servedBy",
                Map.of(
                        "gateway", node,
                        "auth", session.servedBy(),
                        "playback", history.servedBy(),
                        "recommendation", picks.servedBy()));
        return page;
    }

    private List<ToContinue> toContinue(History history) {
        return history.watched().stream()
                .filter(one -> !one.finished())
                .limit(CONTINUE_ROW)
                .map(one -> catalog.find(one.title()).map(title -> new ToContinue(title, one.seconds())))
                .flatMap(Optional::stream)
                .toList();
    }
}
