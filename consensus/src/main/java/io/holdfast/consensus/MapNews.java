package io.holdfast.consensus;

import java.util.List;

/**
 * What happened to a map since somebody asked last.
 *
 * @param events the events in order
 * @param compacted whether events since then are forgotten: then there are none here, and what matters must be read anew
 * @param more whether there are further ones already: ask again from {@code next}
 * @param next where to go on the next time
 * @param <K> the keys' type
 * @param <V> the values' type
 */
public record MapNews<K, V>(List<MapEvent<K, V>> events, boolean compacted, boolean more, long next) {
    /** Where to begin: after what has happened until now. */
    public static final long BEGIN = -1;

    /**
     * Copies the list.
     *
     * @param events as the component
     * @param compacted as the component
     * @param more as the component
     * @param next as the component
     */
    public MapNews {
        events = List.copyOf(events);
    }
}
