package io.holdfast.replication.quorum;

import io.holdfast.replication.store.RowEntry;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tombstones of this node by the hashes of their keys, and since when it knows them: in this life, so that a restart only makes them older than they are believed to be.
 */
final class Tombstones {
    private final int max;
    private final Map<Long, Long> since = new LinkedHashMap<>(); // oldest first

    Tombstones(int max) {
        this.max = max;
    }

    /** Counts what is there when a life begins. */
    void onStart(RowStore store, long nowNanos) {
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            for (RowEntry entry : store.entries(partition)) {
                if (RowHash.isTombstone(entry.stateHash())) {
                    since.put(entry.keyHash(), nowNanos);
                }
            }
        }
    }

    Optional<String> objection(RowKey key) {
        return since.size() < max || since.containsKey(key.hash())
                ? Optional.empty()
                : Optional.of("this node keeps " + since.size()
                        + " tombstones, the limit of max-tombstones; wait until all members are there, so that they can be"
                        + " forgotten, or raise it");
    }

    void note(RowKey key, boolean tombstone, long nowNanos) {
        since.remove(key.hash());
        if (tombstone) {
            since.put(key.hash(), nowNanos); // the youngest now: another one than before
        }
    }

    void forget(RowKey key) {
        since.remove(key.hash());
    }

    boolean isOlder(RowKey key, long graceNanos, long nowNanos) {
        Long first = since.get(key.hash());
        return first != null && nowNanos - first >= graceNanos;
    }

    /** The hashes of the keys of the oldest ones of a partition. */
    List<Long> old(int partition, long graceNanos, long nowNanos, int limit) {
        List<Long> found = new ArrayList<>();
        for (Map.Entry<Long, Long> entry : since.entrySet()) {
            if (nowNanos - entry.getValue() < graceNanos || found.size() == limit) {
                break;
            }
            if (KeyHash.partition(entry.getKey()) == partition) {
                found.add(entry.getKey());
            }
        }
        return found;
    }

    /** The partitions that have old ones. */
    List<Integer> partitions(long graceNanos, long nowNanos) {
        return since.entrySet().stream()
                .takeWhile(entry -> nowNanos - entry.getValue() >= graceNanos)
                .map(entry -> KeyHash.partition(entry.getKey()))
                .distinct()
                .toList();
    }

    int count() {
        return since.size();
    }
}
