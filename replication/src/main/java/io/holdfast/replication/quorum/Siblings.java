package io.holdfast.replication.quorum;

import io.holdfast.replication.version.CausalContext;
import java.util.List;

/**
 * What stands in a row.
 *
 * @param values the values: none if there is no such key, more than one if they were written without knowledge of each other; in no order
 * @param context what was read: to write in its place
 * @param <V> the values' type
 */
public record Siblings<V>(List<V> values, CausalContext context) {
    /**
     * Copies the list.
     *
     * @param values as the component
     * @param context as the component
     */
    public Siblings {
        values = List.copyOf(values);
    }
}
