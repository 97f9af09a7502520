package io.holdfast.replication.quorum;

import io.holdfast.replication.version.RowKey;
import io.holdfast.replication.version.Versions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tombstones that this node knows of, and since when: in this life, so that a restart only makes them older than they are believed to be. */
final class Tombstones {
    private final int max;
    private final Map<RowKey, Long> since = new LinkedHashMap<>();

    Tombstones(int max) {
        this.max = max;
    }

    Optional<String> objection(RowKey key) {
        return since.size() < max || since.containsKey(key)
                ? Optional.empty()
                : Optional.of("this node keeps " + since.size()
                        + " tombstones, the limit of max-tombstones; wait until all members are there, so that they can be"
                        + " forgotten, or raise it");
    }

    void note(RowKey key, Versions row, long nowNanos) {
        if (row.isTombstone()) {
            since.putIfAbsent(key, nowNanos);
        } else {
            since.remove(key);
        }
    }

    void forget(RowKey key) {
        since.remove(key);
    }

    boolean isOlder(RowKey key, long graceNanos, long nowNanos) {
        Long first = since.get(key);
        return first != null && nowNanos - first >= graceNanos;
    }

    /** The oldest ones of a partition. */
    List<RowKey> old(int partition, long graceNanos, long nowNanos, int limit) {
        List<RowKey> found = new ArrayList<>();
        for (Map.Entry<RowKey, Long> entry : since.entrySet()) {
            if (nowNanos - entry.getValue() < graceNanos || found.size() == limit) {
                break;
            }
            if (entry.getKey().partition() == partition) {
                found.add(entry.getKey());
            }
        }
        return found;
    }

    /** The partitions that have old ones. */
    List<Integer> partitions(long graceNanos, long nowNanos) {
        return since.entrySet().stream()
                .takeWhile(entry -> nowNanos - entry.getValue() >= graceNanos)
                .map(entry -> entry.getKey().partition())
                .distinct()
                .toList();
    }

    int count() {
        return since.size();
    }
}
