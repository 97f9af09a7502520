package io.holdfast.replication.aggregate;

import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.cluster.ReplicatedTable.Row;
import io.holdfast.core.env.Environment;
import io.holdfast.replication.event.EventBatch;
import io.holdfast.replication.event.EventHandler;
import io.holdfast.replication.event.LoggedEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes rows of a table out of events, each event exactly once: what a batch changes is committed together with the offset up to which it goes, under the condition that the offset was where it was read. So it does
 * not matter whether a batch comes again, or to two nodes at once. Give it to a {@link io.holdfast.replication.event.EventLog#consume consumer group}, which divides the partitions; the position that counts is
 * the one in the table.
 *
 * @param <E> the events' type
 */
public final class Projection<E> implements EventHandler<E> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final ReplicatedTable table;
    private final Projector<E> projector;
    private final Environment environment;

    private Projection(String name, ReplicatedTable table, Projector<E> projector, Environment environment) {
        Check.that(!name.isEmpty(), "the name of a projection must not be empty");
        this.name = name;
        this.table = table;
        this.projector = projector;
        this.environment = environment;
    }

    /**
     * A projection.
     *
     * @param name its name: its offsets are the rows {@code name/offset/partition}; another name begins anew
     * @param table where its rows are; stays the caller's
     * @param projector makes rows of an event
     * @param environment the clock
     * @param <E> the events' type
     * @return the projection, a handler of events
     */
    public static <E> Projection<E> of(
            String name, ReplicatedTable table, Projector<E> projector, Environment environment) {
        return new Projection<>(name, table, projector, environment);
    }

    /** One chunk of a batch: what was changed since the last commit. */
    private final class Chunk {
        private final EventBatch<E> batch;
        private final Deadline deadline;
        private ProjectionRows rows;
        private long version;
        private int at;

        Chunk(EventBatch<E> batch, Deadline deadline) {
            this.batch = batch;
            this.deadline = deadline;
            this.rows = new ProjectionRows(table, deadline);
        }

        private String key() {
            return name + "/offset/" + batch.partition();
        }

        CompletionStage<Void> begin() {
            return table.get(key(), ReadConsistency.LINEARIZABLE, deadline).thenCompose(row -> {
                version = row.map(Row::version).orElse(0L);
                long reached = row.map(found -> ByteBuffer.wrap(found.value()).getLong())
                        .orElse(0L);
                while (at < batch.events().size() && batch.events().get(at).offset() < reached) {
                    at++;
                }
                return at == batch.events().size() ? CompletableFuture.<Void>completedFuture(null) : step();
            });
        }

        private CompletionStage<Void> step() {
            LoggedEvent<E> event = batch.events().get(at);
            return projector.on(event, rows).thenCompose(done -> {
                at++;
                boolean last = at == batch.events().size();
                if (!last && !rows.isFull()) {
                    return step();
                }
                long next = last ? batch.next() : event.offset() + 1;
                return commit(next)
                        .thenCompose(committed -> last ? CompletableFuture.<Void>completedFuture(null) : step());
            });
        }

        private CompletionStage<Void> commit(long next) {
            List<Condition> conditions = new ArrayList<>(rows.conditions());
            conditions.add(new Condition(key(), version));
            List<Change> changes = new ArrayList<>(rows.changes());
            changes.add(Change.put(
                    key(), ByteBuffer.allocate(Long.BYTES).putLong(next).array()));
            return table.commit(conditions, changes, deadline).thenAccept(committed -> {
                if (!committed.applied()) {
                    throw new NotAppliedException("projection " + name + " found that another had changed partition "
                            + batch.partition() + " or a row that it has read; the batch comes again");
                }
                version++;
                rows = new ProjectionRows(table, deadline);
            });
        }
    }

    @Override
    public CompletionStage<?> handle(EventBatch<E> batch) {
        Deadline deadline = Deadline.after(environment.clock().nanoTime(), PATIENCE);
        return new Chunk(batch, deadline).begin();
    }
}
