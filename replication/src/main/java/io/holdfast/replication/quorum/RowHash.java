package io.holdfast.replication.quorum;

import io.holdfast.replication.version.KeyHash;
import org.jspecify.annotations.Nullable;

/** The hash of a row's state: equal rows have equal bytes. A row that is not there has 0. */
final class RowHash {
    static final long ABSENT = 0;

    private RowHash() {}

    static long of(byte @Nullable [] state) {
        return state == null ? ABSENT : KeyHash.of(state);
    }
}
