package io.holdfast.replication.aggregate;

import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.cluster.ReplicatedTable.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The rows of a {@link ReplicatedTable} as a projection sees and changes them: with its own changes, which nobody else sees before they are committed together with the offset. What it has read must not have
 * changed by then. For one call of {@link Projector#on} at a time.
 */
public final class ProjectionRows {
    private static final int MAX_PARTS = 400;
    private static final long MAX_BYTES = 200 << 10;

    private final ReplicatedTable table;
    private final Deadline deadline;
    private final Map<String, Long> read = new LinkedHashMap<>();
    private final Map<String, Optional<byte[]>> changed = new LinkedHashMap<>();
    private long bytes;

    ProjectionRows(ReplicatedTable table, Deadline deadline) {
        this.table = table;
        this.deadline = deadline;
    }

    /**
     * Reads a row.
     *
     * @param key its key
     * @return its value, or empty if it is not there
     */
    public CompletionStage<Optional<byte[]>> get(String key) {
        Optional<byte[]> own = changed.get(key);
        return own != null
                ? CompletableFuture.completedFuture(own)
                : table.get(key, ReadConsistency.LINEARIZABLE, deadline).thenApply(row -> {
                    read.putIfAbsent(key, row.map(Row::version).orElse(0L));
                    return row.map(Row::value);
                });
    }

    /**
     * Puts a row.
     *
     * @param key its key
     * @param value its value
     */
    public void put(String key, byte[] value) {
        changed.put(key, Optional.of(value));
        bytes += value.length;
    }

    /**
     * Removes a row, if it is there.
     *
     * @param key its key
     */
    public void remove(String key) {
        changed.put(key, Optional.empty());
    }

    /** Whether it is time to commit. */
    boolean isFull() {
        return read.size() >= MAX_PARTS || changed.size() >= MAX_PARTS || bytes >= MAX_BYTES;
    }

    List<Condition> conditions() {
        List<Condition> conditions = new ArrayList<>();
        read.forEach((key, version) -> conditions.add(new Condition(key, version)));
        return conditions;
    }

    List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        changed.forEach((key, value) -> changes.add(new Change(key, value)));
        return changes;
    }
}
