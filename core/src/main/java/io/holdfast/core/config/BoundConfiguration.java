package io.holdfast.core.config;

import java.util.List;
import java.util.Map;

/** The records of an application, and where each value came from. Immutable and safe for use by many threads. */
public final class BoundConfiguration {
    private final Map<Section<?>, Record> records;
    private final Map<String, Explanation> explanations;

    BoundConfiguration(Map<Section<?>, Record> records, Map<String, Explanation> explanations) {
        this.records = Map.copyOf(records);
        this.explanations = explanations;
    }

    /**
     * The record of a section.
     *
     * @param section one of the sections that were bound
     * @param <T> the record
     * @return the record
     * @throws IllegalArgumentException if the section was not bound
     */
    public <T extends Record> T get(Section<T> section) {
        Record bound = records.get(section);
        if (bound == null) {
            throw new IllegalArgumentException("section " + section.prefix() + " of "
                    + section.type().getSimpleName() + " was not bound; add it to the list given to bind");
        }
        return section.type().cast(bound);
    }

    /**
     * Where the value of a key comes from.
     *
     * @param key the key, in any spelling that is compared equal
     * @return the winner and what it beat
     * @throws IllegalArgumentException if there is no such key; the message names the nearest one
     */
    public Explanation explain(String key) {
        Explanation explanation = explanations.get(Setting.canonical(key));
        if (explanation == null) {
            throw new IllegalArgumentException(NearestKey.unknown(key, keys()));
        }
        return explanation;
    }

    /**
     * Every key that was bound, with the names of maps filled in.
     *
     * @return the keys in the order of their declaration
     */
    public List<String> keys() {
        return explanations.values().stream().map(Explanation::key).toList();
    }
}
