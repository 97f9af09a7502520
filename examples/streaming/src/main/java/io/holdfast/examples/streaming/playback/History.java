package io.holdfast.examples.streaming.playback;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a user has watched.
 *
 * @param watched one entry a title, the latest first, at most {@link #MAX_TITLES}
 * @param servedBy the node that keeps this copy
 */
public record History(List<Watched> watched, String servedBy) {
    /** The most titles that are remembered of one user; beyond it those watched longest ago are forgotten. */
    public static final int MAX_TITLES = 100;

    private static final Comparator<Watched> LATEST_FIRST =
            Comparator.comparingLong(Watched::version).reversed().thenComparingInt(Watched::title);

    /** Takes an immutable copy. */
    public History {
        watched = List.copyOf(watched);
    }

    /**
     * Joins what two copies know. The order of joining does not matter, and joining twice changes nothing.
     *
     * @param more what another copy knows
     * @return both
     */
    public History merge(List<Watched> more) {
        if (more.isEmpty()) {
            return this;
        }
        Map<Integer, Watched> latest = new HashMap<>();
        watched.forEach(one -> latest.merge(one.title(), one, Watched::latest));
        more.forEach(one -> latest.merge(one.title(), one, Watched::latest));
        return new History(
                latest.values().stream().sorted(LATEST_FIRST).limit(MAX_TITLES).toList(), servedBy);
    }
}
