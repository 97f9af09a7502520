package io.holdfast.replication.aggregate;

import io.holdfast.core.Deadline;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal.Appended;
import io.holdfast.core.cluster.ReplicatedJournal.Condition;
import io.holdfast.core.cluster.ReplicatedJournal.Outcome;
import io.holdfast.replication.aggregate.AggregateRecord.Happened;
import io.holdfast.replication.event.EventLog;
import io.holdfast.replication.event.LogFullException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One command on its way: decided on what is known, appended if that is still true, and otherwise decided anew. One step at a time, each begun by the end of the one before. */
final class Execution<S, C, E> {
    private static final Duration LATER = Duration.ofMillis(100);
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

    /** What all commands have in common. */
    record Means<S, C, E>(
            AggregateConfig config,
            Aggregate<S, C, E> aggregate,
            EventLog<AggregateRecord<S, E>> log,
            Histories<S, C, E> histories,
            Recent<S> recent,
            Executor executor) {}

    /** What is wanted. */
    record Order<C>(String id, String commandId, C command, Deadline deadline) {}

    /** What was decided on a sum. */
    private record Decision<S, E>(Sum<S> before, List<E> events) {}

    private final Means<S, C, E> means;
    private final Order<C> order;
    private int attempts;

    Execution(Means<S, C, E> means, Order<C> order) {
        this.means = means;
        this.order = order;
    }

    CompletionStage<Executed<S, E>> run() {
        Sum<S> known = means.recent.find(order.id);
        return known == null
                ? anew()
                : CompletableFuture.completedFuture(known).thenComposeAsync(sum -> decide(sum, false), means.executor);
    }

    private CompletionStage<Executed<S, E>> anew() {
        return means.histories
                .load(order.id, ReadConsistency.LINEARIZABLE, order.deadline)
                .thenCompose(sum -> {
                    means.recent.keep(order.id, sum);
                    return decide(sum, true);
                });
    }

    /** What this node remembers may be old: on that nothing is refused, and nothing left undone. */
    private CompletionStage<Executed<S, E>> decide(Sum<S> sum, boolean fresh) {
        if (sum.knows(order.commandId)) {
            return CompletableFuture.completedFuture(new Executed<>(sum.current(), List.of(), true));
        }
        List<E> events;
        try {
            events = means.aggregate.decide(sum.state(), order.command);
        } catch (RuntimeException refused) {
            return fresh ? CompletableFuture.failedFuture(refused) : anew();
        }
        if (events.isEmpty()) {
            return fresh ? CompletableFuture.completedFuture(new Executed<>(sum.current(), List.of(), false)) : anew();
        }
        return append(new Decision<>(sum, List.copyOf(events)));
    }

    private CompletionStage<Executed<S, E>> append(Decision<S, E> decision) {
        List<AggregateRecord<S, E>> records = new ArrayList<>();
        Sum<S> after = decision.before;
        for (E event : decision.events) {
            Happened<S, E> happened = new Happened<>(event, order.commandId, after.events() + 1);
            records.add(happened);
            after = after.plus(means.aggregate, happened, 0, means.config.commands());
        }
        boolean due =
                after.sinceSnapshot() >= means.config.snapshotEvery() && records.size() < JournalRules.MAX_RECORDS;
        if (due) {
            records.add(after.snapshot());
        }
        Sum<S> reached = after;
        List<Condition> unchanged = List.of(new Condition.LastOfKey(order.id, decision.before.last()));
        return send(records, unchanged, due)
                .handle((appended, error) -> error == null ? appended(decision, reached, appended) : failed(error))
                .thenCompose(stage -> stage);
    }

    private CompletionStage<Appended> send(
            List<AggregateRecord<S, E>> records, List<Condition> unchanged, boolean due) {
        try {
            return means.log.appendIf(order.id, records, unchanged, order.deadline);
        } catch (IllegalArgumentException e) {
            if (!due) {
                throw e;
            }
            LOG.debug("a snapshot of {} does not fit beside its events", order.id, e);
            return means.log.appendIf(order.id, records.subList(0, records.size() - 1), unchanged, order.deadline);
        }
    }

    private CompletionStage<Executed<S, E>> appended(Decision<S, E> decision, Sum<S> after, Appended appended) {
        if (appended.outcome() == Outcome.FULL) {
            return CompletableFuture.failedFuture(
                    new LogFullException(means.log.name(), means.log.partitionOf(order.id)));
        }
        if (!appended.applied()) {
            means.recent.forget(order.id);
            return again(null);
        }
        boolean snapshot = appended.count() > decision.events.size();
        Sum<S> stands = snapshot ? after.snapshotAt(appended.last()) : after.at(appended.last());
        means.recent.keep(order.id, stands);
        return CompletableFuture.completedFuture(new Executed<>(stands.current(), decision.events, false));
    }

    /** A command with an id may be appended again after an unknown outcome: if it did come to pass it is found, and if it still may, one of both finds the other in its way. */
    private CompletionStage<Executed<S, E>> failed(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        means.recent.forget(order.id);
        boolean late = order.deadline.isExpired(means.log.environment().clock().nanoTime());
        return cause instanceof UnknownOutcomeException && !order.commandId.isEmpty() && !late
                ? again(cause)
                : CompletableFuture.failedFuture(cause);
    }

    private CompletionStage<Executed<S, E>> again(@Nullable Throwable unknown) {
        attempts++;
        if (attempts < means.config.attempts()) {
            return anew();
        }
        return CompletableFuture.failedFuture(
                unknown != null
                        ? unknown
                        : OverloadedException.withoutTrace(
                                "aggregate " + order.id + " of " + means.config.name()
                                        + " was changed by others before each of " + attempts
                                        + " attempts; try again later, or send its commands through one node",
                                LATER));
    }
}
