package io.holdfast.replication.aggregate;

import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.consistency.Linearizable;
import io.holdfast.core.env.Environment;
import io.holdfast.replication.event.EventLog;
import io.holdfast.replication.event.Placed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/**
 * Aggregates whose state is the sum of their events, which stand in an {@link EventLog} under the aggregate's id. A command is decided on the aggregate's state, and its events are appended together if nothing
 * was appended to the aggregate meanwhile; otherwise it is decided anew (optimistic concurrency). Linearizable by aggregate.
 *
 * <pre>{@code
 * EventSourced<Account, Command, Event> accounts =
 *     EventSourced.of(AggregateConfig.of("accounts"), new AccountRules(), events, states, journals, environment);
 * accounts.execute("account-7", request.id(), new Withdraw(30), deadline)
 *     .thenAccept(done -> reply(done.after().state().balance()));
 * }</pre>
 *
 * <p><b>Snapshots</b> stand in the same journal, under the same key, in the same append as the event that makes them due: so they need no store of their own, can never be ahead of or behind the events, and the
 * journal's last record of a living aggregate is never forgotten, which is what later commands are appended under. {@link #trim} writes snapshots of what would be cut first; the journals must keep all
 * ({@link io.holdfast.core.cluster.JournalSettings#keepAll}), for retention by age or size knows nothing of snapshots.
 *
 * <p><b>Once</b>: a command with an id is done once, as long as the aggregate has seen no more than {@link AggregateConfig#commands} others since: give the same id when you try again. A command that decides
 * nothing is not remembered, for it has done nothing.
 *
 * <p>Safe for use by many threads.
 *
 * @param <S> the aggregates' state
 * @param <C> what they can be told to do
 * @param <E> what can happen to them
 */
public final class EventSourced<S, C, E> implements Linearizable, AutoCloseable {
    private static final int MAX_AT_ONCE = 1024;
    private static final Duration LATER = Duration.ofMillis(100);

    private final AggregateConfig config;
    private final EventLog<AggregateRecord<S, E>> log;
    private final ExecutorService threads;
    private final Histories<S, C, E> histories;
    private final Recent<S> recent;
    private final Aggregate<S, C, E> aggregate;

    private EventSourced(AggregateConfig config, Aggregate<S, C, E> aggregate, EventLog<AggregateRecord<S, E>> log) {
        this.config = config;
        this.aggregate = aggregate;
        this.log = log;
        this.threads = log.environment().threads().handlers("aggregate-" + config.name(), MAX_AT_ONCE);
        this.recent = new Recent<>(config.cached());
        this.histories = new Histories<>(log, aggregate, this::run, config.commands());
    }

    /**
     * Aggregates in journals of their own.
     *
     * @param config how they behave
     * @param aggregate what they are
     * @param events the kinds of events
     * @param states the kinds of states, for snapshots
     * @param journals the partitions of their log, 1 to 1,024, in the same order on all nodes; they stay the caller's
     * @param environment clocks, timers and threads
     * @param <S> the aggregates' state
     * @param <C> what they can be told to do
     * @param <E> what can happen to them
     * @return the aggregates; close them with the node
     */
    public static <S, C, E> EventSourced<S, C, E> of(
            AggregateConfig config,
            Aggregate<S, C, E> aggregate,
            Schema<E> events,
            Schema<S> states,
            List<ReplicatedJournal> journals,
            Environment environment) {
        TypeCodec<AggregateRecord<S, E>> codec = new AggregateCodec<>(events, states);
        return new EventSourced<>(config, aggregate, EventLog.of(config.name(), journals, codec, environment));
    }

    /** What users have written runs on threads of its own: those on which journals answer must not wait for it. */
    private void run(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            throw OverloadedException.withoutTrace(
                    "aggregates " + config.name() + " have " + MAX_AT_ONCE
                            + " commands at work, their limit, or are closed; slow the caller down",
                    LATER);
        }
    }

    /**
     * The log in which all events of these aggregates stand, for those who follow it: see {@link AggregateEvents}.
     *
     * @return the log; append nothing to it
     */
    public EventLog<AggregateRecord<S, E>> log() {
        return log;
    }

    private static String checked(String id) {
        Check.that(JournalRules.checkKey(id) > 0, "an aggregate's id must not be empty");
        return id;
    }

    /**
     * Reads an aggregate.
     *
     * @param id its id, 1 to 1,024 bytes of UTF-8
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return how it stands; the initial state in version 0 if nothing has happened. Fails with {@link io.holdfast.core.UnavailableException}, with {@link OverloadedException}, and with
     *     {@link io.holdfast.core.CodecException} if a record cannot be read or is lost
     */
    public CompletionStage<Current<S>> load(String id, ReadConsistency consistency, Deadline deadline) {
        return histories.load(checked(id), consistency, deadline).thenApply(Sum::current);
    }

    /**
     * Does a command.
     *
     * @param id the aggregate's id, 1 to 1,024 bytes of UTF-8
     * @param commandId names the command, so that it is done once however often it comes; at most 255 bytes of UTF-8, empty if it may be done twice
     * @param command what is wanted
     * @param deadline until when the caller waits
     * @return what came of it. Fails with the exception of {@link Aggregate#decide} if that refused, with {@link io.holdfast.replication.event.LogFullException}, with {@link OverloadedException} if others were
     *     faster again and again, with {@link io.holdfast.core.NotAppliedException} or {@link io.holdfast.core.UnavailableException} (in all these cases surely nothing has happened), or with
     *     {@link io.holdfast.core.UnknownOutcomeException}: try again with the same id of the command; without an id, read first
     */
    public CompletionStage<Executed<S, E>> execute(String id, String commandId, C command, Deadline deadline) {
        Check.that(
                JournalRules.checkKey(commandId) <= AggregateCodec.MAX_ID_BYTES,
                "a command's id (%s) must have at most %d bytes of UTF-8; shorten it",
                commandId,
                AggregateCodec.MAX_ID_BYTES);
        Execution<S, C, E> execution = new Execution<>(
                new Execution.Means<>(config, aggregate, log, histories, recent, this::run),
                new Execution.Order<>(checked(id), commandId, command, deadline));
        return execution.run();
    }

    /**
     * Forgets an aggregate: what happens to it later begins with the initial state. Its events go with the next {@link #trim}.
     *
     * @param id its id
     * @param deadline until when the caller waits
     * @return where it was written that it is gone; fails as {@link EventLog#append}
     */
    public CompletionStage<Placed> erase(String id, Deadline deadline) {
        recent.forget(checked(id));
        return log.erase(id, deadline);
    }

    /**
     * Makes room: writes a snapshot of each aggregate that has a record before an offset and none of its snapshots behind it, and forgets all records before that offset. Before you call it see that all consumers
     * of the log are beyond that offset ({@link ReplicatedJournal#consumers}).
     *
     * @param partition the partition
     * @param before the first offset that is kept
     * @param deadline until when the caller waits
     * @return the offset of the oldest record that is kept; it is less than {@code before} if the deadline came first, or if the journal is too full even for snapshots, and then give it more room. Fails as {@link #execute}
     */
    public CompletionStage<Long> trim(int partition, long before, Deadline deadline) {
        return new Trimming<>(log, histories, partition, before, deadline).run();
    }

    /**
     * Reads an aggregate, if anything has happened to it.
     *
     * @param id its id
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return how it stands, or empty; fails as {@link #load}
     */
    public CompletionStage<Optional<Current<S>>> find(String id, ReadConsistency consistency, Deadline deadline) {
        return load(id, consistency, deadline)
                .thenApply(found -> found.events() == 0 ? Optional.empty() : Optional.of(found));
    }

    /** Ends its threads: commands that are at work fail. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
