package io.holdfast.replication.store;

import io.holdfast.replication.version.RowKey;

/**
 * A row as it is stored.
 *
 * @param key its key
 * @param stateHash the hash of its state, as it was given to {@link RowStore#put}
 * @param state its state, opaque to the store
 */
public record Row(RowKey key, long stateHash, byte[] state) {}
