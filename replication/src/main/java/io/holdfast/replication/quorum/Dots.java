package io.holdfast.replication.quorum;

import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.version.Dot;

/**
 * The dots of this node's store. Their numbers are reserved durably in blocks, ahead of their use, and a new life begins behind the last reserved one: a dot that left this node is never made again, also when the row
 * that it was made for was lost by a crash.
 */
final class Dots {
    private static final long BLOCK = 1 << 20;

    private final RowStore store;
    private long next;
    private long reserved;

    Dots(RowStore store, QuorumRules rules) {
        this.store = store;
        this.reserved = store.reserved();
        this.next = rules.firstDot(reserved, BLOCK);
    }

    Dot next() {
        if (next > reserved) {
            store.reserve(next + BLOCK - 1);
            reserved = next + BLOCK - 1;
        }
        return new Dot(store.storeId(), next++);
    }
}
