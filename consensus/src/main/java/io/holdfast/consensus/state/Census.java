package io.holdfast.consensus.state;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a state holds, counted.
 *
 * @param revision the last command that it knows
 * @param logNanos the group's time
 * @param level the feature level
 * @param rows how many rows there are
 * @param bytes how many bytes of keys and values
 * @param hash a sum over all rows, in no order
 * @param sessions how many sessions are open
 * @param types how many of each type of primitive, by the type's id
 */
public record Census(
        long revision,
        long logNanos,
        int level,
        long rows,
        long bytes,
        long hash,
        int sessions,
        SortedMap<Integer, Count> types) {
    /**
     * Copies the counts.
     *
     * @param revision as the component
     * @param logNanos as the component
     * @param level as the component
     * @param rows as the component
     * @param bytes as the component
     * @param hash as the component
     * @param sessions as the component
     * @param types as the component
     */
    public Census {
        types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
    }

    /**
     * How many there are of a type.
     *
     * @param names how many names
     * @param rows how many rows they have
     */
    public record Count(long names, long rows) {
        Count plus(Count other) {
            return new Count(names + other.names, rows + other.rows);
        }
    }

    static Census of(StateStore store, Moment moment) {
        SortedMap<Integer, Count> types = new TreeMap<>();
        store.scan(Tables.RESOURCES, Tables.NOTHING, null, row -> {
            long resource = new ByteReader(row.key()).fixed64();
            int type = new ByteReader(row.value()).u8();
            types.merge(type, new Count(1, store.size(resource)), Count::plus);
            return true;
        });
        return new Census(
                moment.revision(),
                moment.logNanos(),
                Marks.level(store),
                store.rows(),
                store.bytes(),
                store.hash(),
                store.size(Tables.SESSIONS),
                types);
    }
}
