package io.holdfast.replication.quorum;

import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.Versions;
import org.jspecify.annotations.Nullable;

/** The hash of a row's state: equal rows have equal bytes. Its lowest bit tells tombstones, so that they are counted without reading them. A row that is not there has 0. */
final class RowHash {
    static final long ABSENT = 0;

    private RowHash() {}

    static long of(byte @Nullable [] state) {
        if (state == null) {
            return ABSENT;
        }
        long hash = KeyHash.of(state) & ~1L;
        return state.length > 1 && Versions.isTombstone(state) ? hash | 1 : hash;
    }

    static boolean isTombstone(long hash) {
        return (hash & 1) != 0;
    }
}
