package io.holdfast.replication.aggregate;

import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal.Condition;
import io.holdfast.core.cluster.ReplicatedJournal.Outcome;
import io.holdfast.replication.event.EventBatch;
import io.holdfast.replication.event.EventLog;
import io.holdfast.replication.event.LoggedEvent;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Forgets the old records of a partition, page by page: for each aggregate of a page a snapshot is seen to first, and then the page goes, so that a full journal has more room with each page. */
final class Trimming<S, C, E> {
    private static final int PAGE = 500;

    private final EventLog<AggregateRecord<S, E>> log;
    private final Histories<S, C, E> histories;
    private final int partition;
    private long before;
    private final Deadline deadline;
    private final Set<String> safe = new HashSet<>();

    Trimming(
            EventLog<AggregateRecord<S, E>> log,
            Histories<S, C, E> histories,
            int partition,
            long before,
            Deadline deadline) {
        this.log = log;
        this.histories = histories;
        this.partition = partition;
        this.before = before;
        this.deadline = deadline;
    }

    CompletionStage<Long> run() {
        return log.read(partition, 0, PAGE, ReadConsistency.LINEARIZABLE, deadline)
                .thenCompose(this::page);
    }

    private CompletionStage<Long> page(EventBatch<AggregateRecord<S, E>> batch) {
        before = Math.min(before, batch.end()); // what this writes itself stands behind that
        Set<String> keys = new LinkedHashSet<>();
        long end = batch.oldest();
        for (LoggedEvent<AggregateRecord<S, E>> each : batch.events()) {
            if (each.offset() < before) {
                keys.add(each.key());
                end = each.offset() + 1;
            }
        }
        long reached = end;
        boolean late = deadline.isExpired(log.environment().clock().nanoTime());
        if (keys.isEmpty() || late) {
            return CompletableFuture.completedFuture(batch.oldest());
        }
        keys.removeAll(safe);
        return see(keys.iterator())
                .thenCompose(all -> all ? cut(reached) : CompletableFuture.completedFuture(batch.oldest()));
    }

    /** The page may have been all; then the next one is empty. */
    private CompletionStage<Long> cut(long reached) {
        return log.journal(partition).trim(reached, deadline).thenCompose(oldest -> run());
    }

    /** Whether each of them can be read without what stands before the offset. */
    private CompletionStage<Boolean> see(Iterator<String> keys) {
        if (!keys.hasNext()) {
            return CompletableFuture.completedFuture(true);
        }
        String key = keys.next();
        return ensure(key).thenCompose(there -> {
            if (!there) {
                return CompletableFuture.completedFuture(false);
            }
            safe.add(key);
            return see(keys);
        });
    }

    private CompletionStage<Boolean> ensure(String key) {
        return histories.load(key, ReadConsistency.LINEARIZABLE, deadline).thenCompose(sum -> {
            boolean erased = sum.events() == 0;
            if (erased || sum.begins() >= before) {
                return CompletableFuture.completedFuture(true);
            }
            return log.appendIf(
                            key, List.of(sum.snapshot()), List.of(new Condition.LastOfKey(key, sum.last())), deadline)
                    .thenCompose(appended -> appended.outcome() == Outcome.CONFLICT
                            ? ensure(key)
                            : CompletableFuture.completedFuture(appended.applied()));
        });
    }
}
