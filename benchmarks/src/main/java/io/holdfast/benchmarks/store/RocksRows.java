package io.holdfast.benchmarks.store;

import io.holdfast.core.env.Environment;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** RocksDB: puts go to the log without a sync, and the sync is of the log. A cache of 64 MiB and Bloom filters. */
final class RocksRows implements StorePeer {
    private static final int CACHE = 64 << 20;

    private final Options options = new Options()
            .setCreateIfMissing(true)
            .setTableFormatConfig(new BlockBasedTableConfig()
                    .setBlockCache(new LRUCache(CACHE))
                    .setFilterPolicy(new BloomFilter(10)));
    private final WriteOptions writing = new WriteOptions();
    private final RocksDB store;
    private final SyncLoop syncs;

    RocksRows(Environment environment, Path directory) {
        try {
            store = RocksDB.open(options, directory.toString());
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
        syncs = new SyncLoop(environment, this::sync);
    }

    private void sync() {
        try {
            store.flushWal(true);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long put(byte[] key, byte[] value) {
        try {
            store.put(writing, key, value);
            return syncs.written();
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        try {
            return store.get(key);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void onSynced(LongConsumer listener) {
        syncs.onSynced(listener);
    }

    @Override
    public void close() {
        syncs.close();
        store.close();
        writing.close();
        options.close();
    }
}
