package io.holdfast.sharding.entity;

import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.sharding.Tenure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The rows of a shard's entities, under one tenure. Safe for use by many threads. */
final class EntityStore {
    private static final byte[] REMINDER = {1}; // the layout; all that is to be said stands in the key

    private final Tenure tenure;
    private final MonotonicClock clock;
    private final Duration limit;

    EntityStore(Tenure tenure, MonotonicClock clock, Duration limit) {
        this.tenure = tenure;
        this.clock = clock;
        this.limit = limit;
    }

    /** The row as it is now, for everybody. */
    CompletionStage<Kept> load(EntityId id) {
        String key = RowKeys.entity(tenure.shard(), id);
        return asStage(() -> tenure.table().get(key, ReadConsistency.LINEARIZABLE, deadline()))
                .thenApply(row -> row.map(found -> new Kept(EntityRow.decode(key, found.value()), found.version()))
                        .orElse(new Kept(EntityRow.EMPTY, 0)));
    }

    /**
     * Replaces a row and its reminders, if the tenure lasts and the row is as it was.
     *
     * @return whether it was done; fails as {@link ReplicatedTable#commit}
     */
    CompletionStage<Boolean> commit(EntityId id, Kept before, EntityRow after) {
        int shard = tenure.shard();
        String key = RowKeys.entity(shard, id);
        List<Change> changes = new ArrayList<>();
        changes.add(Change.put(key, after.encode()));
        before.row().reminders().forEach((name, due) -> {
            if (!due.equals(after.reminders().get(name))) {
                changes.add(Change.remove(RowKeys.reminder(shard, new Reminder(due, id, name))));
            }
        });
        after.reminders().forEach((name, due) -> {
            if (!due.equals(before.row().reminders().get(name))) {
                changes.add(Change.put(RowKeys.reminder(shard, new Reminder(due, id, name)), REMINDER));
            }
        });
        List<Condition> conditions = List.of(tenure.fence(), new Condition(key, before.version()));
        return asStage(() -> tenure.table().commit(conditions, changes, deadline()))
                .thenApply(ReplicatedTable.Committed::applied);
    }

    /** What a table throws is a failure like what it answers; what is beyond its bounds was surely not done. */
    private static <T> CompletionStage<T> asStage(Supplier<CompletionStage<T>> asked) {
        try {
            return asked.get();
        } catch (IllegalArgumentException beyond) {
            return CompletableFuture.failedFuture(new NotAppliedException(String.valueOf(beyond.getMessage()), beyond));
        } catch (RuntimeException broken) {
            return CompletableFuture.failedFuture(broken);
        }
    }

    /**
     * Loads a row for which a commit is lost on its way, and puts it again, so that the lost one's condition can never hold any more.
     *
     * @return the row; empty if the tenure is over. Fails if that cannot be done now
     */
    CompletionStage<Optional<Kept>> seal(EntityId id) {
        return load(id).thenCompose(found -> commit(id, found, found.row())
                .thenCompose(applied -> applied
                        ? CompletableFuture.completedFuture(Optional.of(new Kept(found.row(), found.version() + 1)))
                        : sealAgain(id, found.version())));
    }

    /** Either the lost commit came to pass just now, or a later owner has fenced the shard. */
    private CompletionStage<Optional<Kept>> sealAgain(EntityId id, long version) {
        return load(id).thenCompose(now ->
                now.version() == version ? CompletableFuture.completedFuture(Optional.<Kept>empty()) : seal(id));
    }

    private Deadline deadline() {
        return Deadline.after(clock.nanoTime(), limit);
    }
}
