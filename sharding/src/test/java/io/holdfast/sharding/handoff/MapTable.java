package io.holdfast.sharding.handoff;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Rows in memory, for many threads, that answer at once. */
final class MapTable implements ReplicatedTable {
    private final GroupId group;
    private final Map<String, Row> rows = new TreeMap<>();
    private long revision;

    MapTable(String group) {
        this.group = GroupId.of(group);
    }

    @Override
    public GroupId group() {
        return group;
    }

    @Override
    public synchronized CompletionStage<Optional<Row>> get(String key, ReadConsistency consistency, Deadline deadline) {
        return CompletableFuture.completedFuture(Optional.ofNullable(rows.get(key)));
    }

    @Override
    public CompletionStage<Page> scan(
            String prefix, String after, int limit, ReadConsistency consistency, Deadline deadline) {
        throw new UnsupportedOperationException("shards are not scanned");
    }

    @Override
    public synchronized CompletionStage<Committed> commit(
            List<Condition> conditions, List<Change> changes, Deadline deadline) {
        revision++;
        boolean applied = conditions.stream().allMatch(each -> version(each.key()) == each.version());
        if (applied) {
            changes.forEach(change -> change.value()
                    .ifPresentOrElse(
                            value -> rows.put(
                                    change.key(), new Row(change.key(), value, version(change.key()) + 1, revision)),
                            () -> rows.remove(change.key())));
        }
        return CompletableFuture.completedFuture(new Committed(applied, revision));
    }

    private long version(String key) {
        return Optional.ofNullable(rows.get(key)).map(Row::version).orElse(0L);
    }
}
