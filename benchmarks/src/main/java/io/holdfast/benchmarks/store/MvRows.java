package io.holdfast.benchmarks.store;

import io.holdfast.core.env.Environment;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/** H2's MVStore: a sync is a commit and a sync of the file. A cache of 64 MB. */
final class MvRows implements StorePeer {
    private static final int CACHE_MEGABYTES = 64;

    private final MVStore store;
    private final MVMap<byte[], byte[]> map;
    private final SyncLoop syncs;

    MvRows(Environment environment, Path directory) {
        store = new MVStore.Builder()
                .fileName(directory.resolve("rows.mv").toString())
                .cacheSize(CACHE_MEGABYTES)
                .autoCommitDisabled()
                .open();
        map = store.openMap("rows", new MVMap.Builder<byte[], byte[]>().valueType(ByteArrayDataType.INSTANCE));
        syncs = new SyncLoop(environment, () -> {
            store.commit();
            store.sync();
        });
    }

    @Override
    public long put(byte[] key, byte[] value) {
        map.put(key, value);
        return syncs.written();
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return map.get(key);
    }

    @Override
    public void onSynced(LongConsumer listener) {
        syncs.onSynced(listener);
    }

    @Override
    public void close() {
        syncs.close();
        store.close();
    }
}
