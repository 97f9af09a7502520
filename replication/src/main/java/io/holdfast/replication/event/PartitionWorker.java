package io.holdfast.replication.event;

import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.cluster.ReplicatedJournal.Position;
import io.holdfast.core.cluster.ReplicatedJournal.Recorded;
import io.holdfast.replication.event.PartitionView.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition on the node that shall consume it: takes it over, hands its batches out one after the other, commits behind each, and gives it up. For the group's one thread.
 *
 * <p>At most one batch is with the handler, and its position is committed before the next one begins: so of an owner that falls at most one batch comes again, and none is left out.
 */
final class PartitionWorker<E> implements Delivery.Outcome<E> {
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final int MAX_AT_END = 3;
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Logger LOG = LoggerFactory.getLogger(PartitionWorker.class);

    private final GroupParts<E> parts;
    private final ReplicatedJournal journal;
    private final int partition;
    private final Runnable onEnd;
    private final Pauses pauses = new Pauses();

    private State state = State.WAITING;
    private long waitingSince;
    private @Nullable Position held;
    private @Nullable Feed<E> feed;
    private @Nullable Delivery<E> delivery;
    private @Nullable CompletableFuture<EventBatch<E>> ahead;
    private long next;
    private long end;
    private long parkedAt;
    private String error = "";
    private boolean stopping;
    private int failedAtEnd;
    private boolean finished;
    private @Nullable Runnable skipParked;
    private @Nullable Runnable retryParked;
    /** Nothing of this partition is under way but a wait for what comes. */
    private boolean idle = true;

    PartitionWorker(GroupParts<E> parts, int partition, Runnable onEnd) {
        this.parts = parts;
        this.partition = partition;
        this.journal = parts.log().journal(partition);
        this.onEnd = onEnd;
    }

    PartitionView view() {
        return new PartitionView(partition, stopping ? State.ENDING : state, next, end, parkedAt, error);
    }

    boolean isStopped() {
        return stopping;
    }

    private Deadline soon() {
        return Deadline.after(parts.nowNanos(), CALL);
    }

    /** Calls the journal; what comes of it is dealt with on the group's thread, and a failure begins again what failed, later. */
    private <T> void call(CompletionStage<T> stage, Runnable again, Consumer<T> then) {
        idle = false;
        stage.whenComplete((value, failure) -> parts.turns().execute(() -> {
            if (failure == null) {
                pauses.reset();
                then.accept(value);
            } else {
                onFailure(HandlerThreads.cause(failure));
                LOG.debug(
                        "partition {} of group {}: a call failed",
                        partition,
                        parts.config().group(),
                        failure);
                if (stopping && ++failedAtEnd == MAX_AT_END) {
                    finish(); // the next owner begins where it was committed last
                } else {
                    later(pauses.next(), again);
                }
            }
        }));
    }

    private void later(Duration pause, Runnable task) {
        parts.environment().scheduler().schedule(pause, () -> parts.turns().execute(task));
    }

    void begin() {
        waitingSince = parts.nowNanos();
        look();
    }

    /** Who seems to live is given time to finish. */
    private void look() {
        if (stopping) {
            finish();
            return;
        }
        call(journal.consumers(ReadConsistency.LINEARIZABLE, soon()), this::look, all -> {
            if (stopping) {
                finish();
            } else if (isFree(all)) {
                claim();
            } else {
                later(LOOK, this::look);
            }
        });
    }

    private boolean isFree(List<Position> all) {
        Optional<String> owner = all.stream()
                .filter(each -> each.consumer().equals(parts.config().group()))
                .map(Position::owner)
                .findFirst();
        long waited = parts.nowNanos() - waitingSince;
        return owner.isEmpty()
                || owner.get().isEmpty()
                || owner.get().equals(parts.self())
                || parts.crew().present().stream()
                        .noneMatch(node -> node.value().equals(owner.get()))
                || waited >= parts.config().handover().toNanos();
    }

    private void claim() {
        if (stopping) {
            finish();
            return;
        }
        call(journal.claim(parts.config().group(), parts.self(), soon()), this::look, claimed -> {
            held = claimed.orElse(null);
            if (claimed.isEmpty()) {
                error = "partition " + partition + " of log " + parts.log().name()
                        + " has as many consumers as it can keep; forget some";
                LOG.warn(error);
                later(pauses.next(), this::look);
            } else if (stopping) {
                finish();
            } else {
                run(claimed.get());
            }
        });
    }

    private void run(Position position) {
        state = State.RUNNING;
        next = position.next();
        Feed<E> own = new Feed<>(parts.log(), partition, next, parts.config().batch());
        feed = own;
        take(own, own.next());
    }

    private void take(Feed<E> from, CompletableFuture<EventBatch<E>> batch) {
        idle = true;
        ahead = batch;
        batch.whenComplete((found, failure) -> parts.turns().execute(() -> {
            if (feed != from || stopping || ahead != batch) {
                return; // it was given up meanwhile
            }
            idle = false;
            if (failure == null) {
                deliver(from, found);
            } else {
                undecodable(from, failure);
            }
        }));
    }

    private void deliver(Feed<E> from, EventBatch<E> batch) {
        end = batch.end();
        ahead = from.next();
        Delivery<E> begun = new Delivery<>(parts.ways(), batch, this);
        delivery = begun;
        begun.attempt();
    }

    /** Nobody can handle it: it is poison without an attempt. */
    private void undecodable(Feed<E> from, Throwable failure) {
        onFailure(failure);
        raw(from.from(), record -> poison(record, failure, () -> commit(record.offset() + 1, this::reopen)));
    }

    private void raw(long offset, Consumer<Recorded> then) {
        call(journal.read(offset, 1, 1, ReadConsistency.LINEARIZABLE, soon()), () -> raw(offset, then), page -> {
            if (stopping) {
                finish();
            } else if (page.records().isEmpty()) {
                reopen(); // it was forgotten meanwhile
            } else {
                then.accept(page.records().get(0));
            }
        });
    }

    private void reopen() {
        Position position = held;
        Feed<E> old = feed;
        if (old != null) {
            old.close();
        }
        if (stopping || position == null) {
            finish();
        } else {
            run(new Position(position.consumer(), position.owner(), position.epoch(), next));
        }
    }

    /** What stands before it is committed first: only the poison comes again when this node falls now. */
    @Override
    public void onPoison(LoggedEvent<E> event, Throwable failure) {
        Delivery<E> present = delivery;
        if (present != null) {
            Consumer<Recorded> then = record -> {
                retryParked = () -> present.resume(false);
                poison(record, failure, () -> present.resume(true));
            };
            commit(event.offset(), () -> raw(event.offset(), then));
        }
    }

    private void poison(Recorded record, Throwable failure, Runnable skip) {
        skipParked = skip;
        Optional<DeadLetters> letters = parts.config().deadLetters();
        if (letters.isPresent()) {
            bury(letters.get(), record, failure);
        } else {
            LOG.error(
                    "group {} parks partition {} of log {} at offset {}: retry or skip it",
                    parts.config().group(),
                    partition,
                    parts.log().name(),
                    record.offset(),
                    failure);
            state = State.PARKED;
            parkedAt = record.offset();
            idle = true;
            if (stopping) {
                finish();
            }
        }
    }

    private void bury(DeadLetters letters, Recorded record, Throwable failure) {
        if (stopping) {
            finish();
            return;
        }
        DeadLetter letter = new DeadLetter(
                parts.log().name(),
                parts.config().group(),
                partition,
                record.offset(),
                record.key(),
                record.value(),
                failure.toString());
        CompletionStage<?> buried;
        try {
            buried = letters.bury(letter, soon());
        } catch (RuntimeException e) {
            buried = CompletableFuture.failedFuture(e);
        }
        call(buried, () -> bury(letters, record, failure), done -> resume(true));
    }

    /** Goes on after poison: with the next event, or with the same once more. */
    void resume(boolean skip) {
        Runnable skips = skipParked;
        Runnable retries = retryParked == null ? this::reopen : retryParked;
        skipParked = null;
        retryParked = null;
        parkedAt = 0;
        state = State.RUNNING;
        idle = false;
        if (skips == null) {
            finish();
        } else if (skip) {
            skips.run();
        } else {
            retries.run();
        }
    }

    @Override
    public void onDone(long reached) {
        delivery = null;
        error = "";
        commit(reached, () -> {
            CompletableFuture<EventBatch<E>> coming = ahead;
            Feed<E> from = feed;
            if (stopping || coming == null || from == null) {
                finish();
            } else {
                take(from, coming);
            }
        });
    }

    @Override
    public void onStopped(long reached) {
        delivery = null;
        commit(reached, this::finish);
    }

    @Override
    public void onFailure(Throwable failure) {
        error = failure.toString();
    }

    @Override
    public boolean isStopping() {
        return stopping;
    }

    private void commit(long reached, Runnable then) {
        Position position = held;
        if (position == null) {
            finish();
            return;
        }
        call(
                journal.commit(position.consumer(), position.epoch(), reached, soon()),
                () -> commit(reached, then),
                stands -> {
                    if (stands) {
                        next = reached;
                        then.run();
                    } else {
                        lost();
                    }
                });
    }

    /** Somebody else has taken over: what is read ahead is his now. */
    private void lost() {
        LOG.info(
                "group {}: partition {} was taken over by another node",
                parts.config().group(),
                partition);
        closeFeed();
        held = null;
        state = State.WAITING;
        begin();
    }

    private void closeFeed() {
        Feed<E> open = feed;
        if (open != null) {
            open.close();
        }
        feed = null;
        ahead = null;
    }

    /** Begins no further batch; {@code onEnd} is called once the present one has ended and the partition is let go. */
    void stop() {
        if (!stopping) {
            stopping = true;
            if (idle) {
                finish();
            }
        }
    }

    private void finish() {
        if (finished) {
            return;
        }
        finished = true;
        closeFeed();
        Position position = held;
        if (position == null) {
            onEnd.run();
        } else {
            release(position, 3);
        }
    }

    /** Whoever comes next waits a little longer if this fails. */
    private void release(Position position, int attempts) {
        journal.release(position.consumer(), position.epoch(), soon())
                .whenComplete((done, failure) -> parts.turns().execute(() -> {
                    if (failure == null || attempts == 1) {
                        onEnd.run();
                    } else {
                        later(pauses.next(), () -> release(position, attempts - 1));
                    }
                }));
    }
}
