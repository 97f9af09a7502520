package io.holdfast.examples.streaming.recommendation;

import io.holdfast.examples.streaming.catalog.Title;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A user's taste, and titles in its order: the weighted rating plus what the user's history says for the genre and the director. Immutable.
 */
final class Ranking {
    /** A title of the user's only genre gains as much as one of twice this rating step. */
    private static final double GENRE_WEIGHT = 2.0;

    private static final double DIRECTOR_WEIGHT = 1.0;
    /** What was watched before counts less: the tenth title back counts half. */
    private static final double HALF_LIFE = 10;

    /** Reckoned once a title: a sort compares some hundred titles some thousand times, and this is every home page's way. */
    private record Scored(Title title, double score) {}

    private static final Comparator<Scored> BEST_FIRST = Comparator.comparingDouble(Scored::score)
            .reversed()
            .thenComparingInt(scored -> scored.title().id());

    private final Set<Integer> watched = new HashSet<>();
    private final Map<String, Double> genres = new HashMap<>();
    private final Map<String, Double> directors = new HashMap<>();

    /** The taste that a history shows, the latest title first. */
    Ranking(List<Title> history) {
        double total = 0;
        for (int i = 0; i < history.size(); i++) {
            total += weight(i);
        }
        for (int i = 0; i < history.size(); i++) {
            Title title = history.get(i);
            double share = weight(i) / total;
            watched.add(title.id());
            genres.merge(title.genre(), share, Double::sum);
            directors.merge(title.director(), share, Double::sum);
        }
        genres.remove("");
        directors.remove("");
    }

    private static double weight(int position) {
        return Math.pow(0.5, position / HALF_LIFE);
    }

    /** The genres of the history, the favourite first. */
    List<String> favourites(int limit) {
        return genres.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(limit)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The best of the candidates that the user has not watched. */
    List<Title> best(Collection<Title> candidates, int count) {
        Map<Integer, Scored> scored = new HashMap<>();
        for (Title title : candidates) {
            if (!watched.contains(title.id()) && !scored.containsKey(title.id())) {
                scored.put(title.id(), new Scored(title, score(title)));
            }
        }
        return scored.values().stream()
                .sorted(BEST_FIRST)
                .limit(count)
                .map(Scored::title)
                .toList();
    }

    private double score(Title title) {
        return title.weightedRating()
                + GENRE_WEIGHT * genres.getOrDefault(title.genre(), 0.0)
                + DIRECTOR_WEIGHT * directors.getOrDefault(title.director(), 0.0);
    }
}
