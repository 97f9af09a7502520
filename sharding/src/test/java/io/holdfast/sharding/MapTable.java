package io.holdfast.sharding;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Rows for many threads; answers come on the threads of an executor. */
public final class MapTable implements ReplicatedTable {
    private final Map<String, Row> rows = new TreeMap<>(); // guarded by this
    private final GroupId group;
    private final Executor answers;
    private long revision; // guarded by this

    public MapTable(String group, Executor answers) {
        this.group = GroupId.of(group);
        this.answers = answers;
    }

    @Override
    public GroupId group() {
        return group;
    }

    @Override
    public CompletionStage<Optional<Row>> get(String key, ReadConsistency consistency, Deadline deadline) {
        return CompletableFuture.supplyAsync(() -> row(key), answers);
    }

    private synchronized Optional<Row> row(String key) {
        return Optional.ofNullable(rows.get(key));
    }

    @Override
    public CompletionStage<Page> scan(
            String prefix, String after, int limit, ReadConsistency consistency, Deadline deadline) {
        return CompletableFuture.supplyAsync(() -> page(prefix, after, limit), answers);
    }

    private synchronized Page page(String prefix, String after, int limit) {
        List<Row> found = new ArrayList<>();
        for (Row row : rows.values()) {
            if (row.key().startsWith(prefix) && row.key().compareTo(after) > 0) {
                if (found.size() == limit) {
                    return new Page(found, revision, true);
                }
                found.add(row);
            }
        }
        return new Page(found, revision, false);
    }

    @Override
    public CompletionStage<Committed> commit(List<Condition> conditions, List<Change> changes, Deadline deadline) {
        return CompletableFuture.supplyAsync(() -> decide(conditions, changes), answers);
    }

    private synchronized Committed decide(List<Condition> conditions, List<Change> changes) {
        revision++;
        for (Condition condition : conditions) {
            Row row = rows.get(condition.key());
            if ((row == null ? 0 : row.version()) != condition.version()) {
                return new Committed(false, revision);
            }
        }
        for (Change change : changes) {
            Row before = rows.get(change.key());
            if (change.value().isEmpty()) {
                rows.remove(change.key());
            } else {
                long version = before == null ? 1 : before.version() + 1;
                rows.put(change.key(), new Row(change.key(), change.value().get(), version, revision));
            }
        }
        return new Committed(true, revision);
    }
}
