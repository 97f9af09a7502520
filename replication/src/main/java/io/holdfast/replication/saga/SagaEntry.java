package io.holdfast.replication.saga;

import java.util.List;

/**
 * What was written to a saga's history at once.
 *
 * @param atMillis when, by the wall clock of the node that wrote it
 * @param epoch the epoch of the shard
 * @param node who wrote it
 * @param records what had happened
 */
public record SagaEntry(long atMillis, long epoch, String node, List<SagaRecord> records) {
    /**
     * Copies the list.
     *
     * @param atMillis as the component
     * @param epoch as the component
     * @param node as the component
     * @param records as the component
     */
    public SagaEntry {
        records = List.copyOf(records);
    }
}
