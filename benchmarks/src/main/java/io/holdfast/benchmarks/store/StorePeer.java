package io.holdfast.benchmarks.store;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A store: one thread puts and gets, another syncs, all that was put since the sync before at once. */
interface StorePeer extends AutoCloseable {
    /** Writes a row. Returns its number, counted from one. */
    long put(byte[] key, byte[] value);

    byte @Nullable [] get(byte[] key);

    /** Begins to tell how far all is synced. */
    void onSynced(LongConsumer listener);

    @Override
    void close();
}
