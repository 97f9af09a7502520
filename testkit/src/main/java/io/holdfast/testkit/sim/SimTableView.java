package io.holdfast.testkit.sim;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.TableRules;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A {@link SimTable} as one life of a node sees it. */
final class SimTableView implements ReplicatedTable {
    private final GroupId group;
    private final SimCalls<SimRows> calls;

    SimTableView(GroupId group, SimCalls<SimRows> calls) {
        this.group = group;
        this.calls = calls;
    }

    @Override
    public GroupId group() {
        return group;
    }

    @Override
    public CompletionStage<Optional<Row>> get(String key, ReadConsistency consistency, Deadline deadline) {
        TableRules.checkKey(key);
        return calls.read(rows -> rows.get(key), consistency, deadline);
    }

    @Override
    public CompletionStage<Page> scan(
            String prefix, String after, int limit, ReadConsistency consistency, Deadline deadline) {
        TableRules.checkScan(prefix, after, limit);
        return calls.read(rows -> rows.scan(prefix, after, limit), consistency, deadline);
    }

    @Override
    public CompletionStage<Committed> commit(List<Condition> conditions, List<Change> changes, Deadline deadline) {
        TableRules.checkCommit(conditions, changes);
        List<Condition> held = List.copyOf(conditions);
        List<Change> made = List.copyOf(changes);
        return calls.submit((rows, revision) -> rows.commit(revision, held, made), deadline);
    }
}
