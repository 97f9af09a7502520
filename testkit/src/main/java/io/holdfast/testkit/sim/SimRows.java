package io.holdfast.testkit.sim;

import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Committed;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.cluster.ReplicatedTable.Page;
import io.holdfast.core.cluster.ReplicatedTable.Row;
import io.holdfast.core.cluster.TableRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The rows of a {@link SimTable}, or of one replica of it, at one revision. */
final class SimRows implements SimReplicated.State<SimRows> {
    private static final int MAX_PAGE_BYTES = 256 << 10;

    private final TreeMap<String, Row> rows = new TreeMap<>(TableRules.ORDER);
    private long revision;

    @Override
    public long revision() {
        return revision;
    }

    /** Makes the changes if all conditions hold. */
    Committed commit(long at, List<Condition> conditions, List<Change> changes) {
        boolean applied = conditions.stream().allMatch(each -> version(each.key()) == each.version());
        apply(at, applied ? changes : List.of());
        return new Committed(applied, at);
    }

    private long version(String key) {
        Row row = rows.get(key);
        return row == null ? 0 : row.version();
    }

    private void apply(long at, List<Change> changes) {
        revision = at;
        for (Change change : changes) {
            String key = change.key();
            change.value()
                    .ifPresentOrElse(
                            value -> rows.put(key, new Row(key, value, version(key) + 1, at)), () -> rows.remove(key));
        }
    }

    @Override
    public void copy(SimRows other) {
        rows.clear();
        rows.putAll(other.rows);
        revision = other.revision;
    }

    Optional<Row> get(String key) {
        return Optional.ofNullable(rows.get(key));
    }

    Page scan(String prefix, String after, int limit) {
        List<Row> found = new ArrayList<>();
        long bytes = 0;
        for (Row row : rows.tailMap(prefix, true).values()) {
            if (!row.key().startsWith(prefix)) {
                break;
            }
            if (TableRules.ORDER.compare(row.key(), after) <= 0) {
                continue;
            }
            if (found.size() == limit || bytes >= MAX_PAGE_BYTES) {
                return new Page(found, revision, true);
            }
            found.add(row);
            bytes += row.value().length;
        }
        return new Page(found, revision, false);
    }
}
