package io.holdfast.replication.store;

/**
 * What is known of a row without reading it.
 *
 * @param keyHash the hash of its key: {@link RowStore#rows} reads the row with it
 * @param stateHash the hash of its state, as it was given to {@link RowStore#put}
 */
public record RowEntry(long keyHash, long stateHash) {}
