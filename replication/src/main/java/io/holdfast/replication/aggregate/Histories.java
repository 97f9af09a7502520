package io.holdfast.replication.aggregate;

import io.holdfast.core.CodecException;
import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.replication.aggregate.AggregateRecord.Happened;
import io.holdfast.replication.aggregate.AggregateRecord.Snapshot;
import io.holdfast.replication.event.EventLog;
import io.holdfast.replication.event.LoggedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Reads aggregates from their log: backwards to the last snapshot, and then sums up forwards. */
final class Histories<S, C, E> {
    private static final int PAGE = 1000;

    private final EventLog<AggregateRecord<S, E>> log;
    private final Aggregate<S, C, E> aggregate;
    private final Executor executor;
    private final int window;

    Histories(EventLog<AggregateRecord<S, E>> log, Aggregate<S, C, E> aggregate, Executor executor, int window) {
        this.log = log;
        this.aggregate = aggregate;
        this.executor = executor;
        this.window = window;
    }

    /** The sum of all records of a key that are there. */
    CompletionStage<Sum<S>> load(String key, ReadConsistency consistency, Deadline deadline) {
        return collect(key, Long.MAX_VALUE, new ArrayList<>(), consistency, deadline)
                .thenApplyAsync(newestFirst -> sum(key, newestFirst), executor);
    }

    private CompletionStage<List<LoggedEvent<AggregateRecord<S, E>>>> collect(
            String key,
            long before,
            List<LoggedEvent<AggregateRecord<S, E>>> found,
            ReadConsistency consistency,
            Deadline deadline) {
        return log.readKey(key, before, PAGE, consistency, deadline).thenCompose(batch -> {
            for (LoggedEvent<AggregateRecord<S, E>> each : batch.events()) {
                found.add(each);
                if (each.tombstone() || each.event() instanceof Snapshot) {
                    return CompletableFuture.completedFuture(found);
                }
            }
            return batch.next() == 0
                    ? CompletableFuture.completedFuture(found)
                    : collect(key, batch.next(), found, consistency, deadline);
        });
    }

    private Sum<S> sum(String key, List<LoggedEvent<AggregateRecord<S, E>>> newestFirst) {
        Sum<S> sum = Sum.of(aggregate.initial());
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            LoggedEvent<AggregateRecord<S, E>> each = newestFirst.get(i);
            if (each.event() instanceof Snapshot<S, E> snapshot) {
                sum = Sum.of(snapshot, each.offset());
            } else if (each.event() instanceof Happened<S, E> happened) {
                if (happened.number() != sum.events() + 1) {
                    throw new CodecException("aggregate " + key + " of log " + log.name() + " has event "
                            + happened.number() + " at offset " + each.offset() + " behind event " + sum.events()
                            + ": those between were forgotten without a snapshot; give its journal settings that keep"
                            + " all, and trim with EventSourced.trim");
                }
                sum = sum.plus(aggregate, happened, each.offset(), window);
            } else {
                sum = Sum.erased(aggregate.initial(), each.offset());
            }
        }
        return sum;
    }
}
