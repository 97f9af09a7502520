package io.holdfast.examples.streaming.recommendation;

import io.holdfast.core.Check;
import io.holdfast.core.env.Environment;
import io.holdfast.examples.streaming.catalog.Catalog;
import io.holdfast.examples.streaming.catalog.Title;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ranks the best titles of the user's favourite genres and the popular ones. Safe for use by many threads. */
public final class RecommendationService implements Recommendation {
    private static final int FAVOURITES = 3;
    private static final int CANDIDATES = 100;
    private static final int MAX_HISTORY = 100;

    private final Catalog catalog;
    private final Chaos chaos;
    private final String node;

    /**
     * Makes the service.
     *
     * @param catalog where the titles come from
     * @param config how it behaves
     * @param env clock and chance
     * @param node the name of this node
     */
    public RecommendationService(Catalog catalog, RecommendationConfig config, Environment env, String node) {
        this.catalog = catalog;
        this.chaos = new Chaos(config.chaos(), env.clock(), env.random().split("recommendation-chaos"));
        this.node = node;
    }

    @Override
    public Picks pick(List<Integer> watched, int count) {
        Check.between("count", count, 1, MAX_PICKS);
        misbehave();
        List<Title> history = watched.stream()
                .limit(MAX_HISTORY)
                .map(catalog::find)
                .flatMap(Optional::stream)
                .toList();
        Ranking ranking = new Ranking(history);
        List<String> favourites = ranking.favourites(FAVOURITES);
        List<Title> candidates = new ArrayList<>(catalog.popular(CANDIDATES));
        favourites.forEach(genre -> candidates.addAll(catalog.ofGenre(genre, CANDIDATES)));
        return new Picks(ranking.best(candidates, count), favourites.isEmpty() ? "" : favourites.get(0), node);
    }

    private void misbehave() {
        switch (chaos.mood()) {
            case FINE -> {}
            case FAILING ->
                throw new IllegalStateException("streaming.recommendation.chaos is on: this call fails on purpose");
            case LATE -> pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(Chaos.DELAY.toMillis());
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt(); // the caller's time is over: what follows ends early
        }
    }
}
