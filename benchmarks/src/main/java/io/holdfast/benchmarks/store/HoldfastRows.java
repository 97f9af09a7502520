package io.holdfast.benchmarks.store;

import io.holdfast.core.env.Environment;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.store.StoreOptions;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Holdfast's own store, with its Merkle trees. */
final class HoldfastRows implements StorePeer {
    private final RowStore store;

    HoldfastRows(Environment environment, Path directory) {
        store = RowStore.open(directory, "a", StoreOptions.standard(), environment);
    }

    @Override
    public long put(byte[] key, byte[] value) {
        return store.put(RowKey.of("m", key), KeyHash.of(value), value);
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return store.get(RowKey.of("m", key));
    }

    @Override
    public void onSynced(LongConsumer listener) {
        store.onSynced(listener);
    }

    @Override
    public void close() {
        store.close();
    }
}
