package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.cluster.ReplicatedJournal.Condition;
import io.holdfast.core.cluster.ReplicatedJournal.Entry;
import io.holdfast.core.cluster.ReplicatedJournal.Outcome;
import io.holdfast.core.cluster.ReplicatedJournal.Recorded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal as the owner of one shard writes to it, under the fence of its epoch. An append is made once or the owner is deposed: there is no third outcome, since one that is unknown is looked up and made
 * again under the condition that holds for one of them only. Belongs to the loop.
 */
final class ShardLog {
    private static final Logger LOG = LoggerFactory.getLogger(ShardLog.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final int shard;
    private final SagaLoop loop;
    private final ReplicatedJournal journal;
    private final Duration limit;
    private final SagaRules rules;
    private final Condition.Fence fence;
    private final SagaMeters meters;
    private final Runnable deposed;
    private boolean closed;

    ShardLog(
            int shard,
            long epoch,
            SagaLoop loop,
            ReplicatedJournal journal,
            Duration limit,
            SagaRules rules,
            SagaMeters meters,
            Runnable deposed) {
        this.shard = shard;
        this.loop = loop;
        this.journal = journal;
        this.limit = limit;
        this.rules = rules;
        this.fence = new Condition.Fence("saga/" + HexFormat.of().toHexDigits((short) shard), epoch);
        this.meters = meters;
        this.deposed = deposed;
    }

    /** Nothing that is under way is told any more. */
    void close() {
        closed = true;
    }

    /** Raises the fence; hears the revision from which on nobody else writes. */
    void raise(LongConsumer done) {
        send(new Sending(List.of(), List.of(fence), appended -> done.accept(appended.revision()), null));
    }

    /** Appends a piece of a history; hears its offset. */
    void append(SagaFile.Write write, LongConsumer done) {
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry(write.key(), write.value()));
        entries.addAll(write.others());
        long began = loop.nanoTime();
        Look look = new Look(write, offset -> {
            meters.committed(true, loop.nanoTime() - began);
            done.accept(offset);
        });
        Consumer<ReplicatedJournal.Appended> made = appended -> {
            meters.committed(look.looked, loop.nanoTime() - began);
            done.accept(appended.first());
        };
        send(new Sending(entries, conditions(write.guard(), write.expected()), made, look));
    }

    private List<Condition> conditions(String key, long expected) {
        List<Condition> conditions = new ArrayList<>();
        if (rules.fences()) {
            conditions.add(fence);
        }
        if (rules.conditions()) {
            conditions.add(new Condition.LastOfKey(key, expected));
        }
        return conditions;
    }

    /** Forgets histories, each of one record that stands at an offset. Only this owner writes them, so one that stands elsewhere was forgotten by an append before whose outcome was unknown. */
    void forget(Map<String, Long> offsets, Runnable done) {
        List<Entry> entries = new ArrayList<>();
        List<Condition> conditions = new ArrayList<>(List.of(fence));
        offsets.forEach((key, offset) -> {
            entries.add(new Entry(key, NoResult.BYTES));
            conditions.add(new Condition.LastOfKey(key, offset));
        });
        send(new Sending(entries, conditions, appended -> done.run(), null));
    }

    private void deposed(String how) {
        if (!closed) {
            LOG.info("shard {} of the sagas is owned by another node ({}); this one stops running them", shard, how);
            closed = true;
            deposed.run();
        }
    }

    private void later(int failures, Runnable task) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
        loop.schedule(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE, task);
    }

    private void send(Sending sending) {
        if (closed) {
            return;
        }
        loop.ask(() -> journal.append(sending.entries, sending.conditions, loop.deadline(limit)), (appended, error) -> {
            if (closed) {
                return;
            }
            if (appended == null) {
                failed(sending, error);
            } else {
                answered(sending, appended);
            }
        });
    }

    private void answered(Sending sending, ReplicatedJournal.Appended appended) {
        if (appended.outcome() == Outcome.APPENDED) {
            sending.done.accept(appended);
        } else if (appended.outcome() == Outcome.FENCED) {
            deposed("epoch " + appended.found() + " stands, this one had " + fence.epoch());
        } else if (appended.outcome() == Outcome.CONFLICT) {
            if (sending.look == null) {
                sending.done.accept(appended);
            } else {
                sending.look.begin(sending);
            }
        } else {
            LOG.warn(
                    "the journal of group {} has no room ({}): sagas of shard {} stand still until it has; trim it or give it more room",
                    journal.group(),
                    appended.outcome(),
                    shard);
            later(sending.failures++ + 5, () -> send(sending));
        }
    }

    private void failed(Sending sending, @Nullable Throwable error) {
        if (isSurelyNotMade(error)) {
            later(sending.failures++, () -> send(sending));
        } else if (sending.look == null) {
            later(sending.failures++, () -> send(sending)); // twice is as once
        } else if (rules.believesUnknown()) {
            sending.look.done.accept(sending.look.write.expected());
        } else {
            sending.look.begin(sending);
        }
    }

    private static boolean isSurelyNotMade(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof HoldfastException known && known.retry() == Retry.SAFE;
    }

    /** An append that is made until its outcome is known. */
    private static final class Sending {
        final List<Entry> entries;
        List<Condition> conditions;
        final Consumer<ReplicatedJournal.Appended> done;
        final @Nullable Look look;
        int failures;

        Sending(
                List<Entry> entries,
                List<Condition> conditions,
                Consumer<ReplicatedJournal.Appended> done,
                @Nullable Look look) {
            this.entries = entries;
            this.conditions = conditions;
            this.done = done;
            this.look = look;
        }
    }

    /** Looks what became of an append. */
    private final class Look {
        private final SagaFile.Write write;
        private final LongConsumer done;
        private boolean looked;

        Look(SagaFile.Write write, LongConsumer done) {
            this.write = write;
            this.done = done;
        }

        void begin(Sending sending) {
            looked = true;
            last(write.key(), sending, found -> {
                if (found.isPresent() && Arrays.equals(found.get().value(), write.value())) {
                    done.accept(found.get().offset());
                } else if (write.key().equals(write.guard())) {
                    guarded(sending, found);
                } else {
                    last(write.guard(), sending, guard -> guarded(sending, guard));
                }
            });
        }

        /** It was not made yet. It is made again under the same condition: of the two only one can be. */
        private void guarded(Sending sending, Optional<Recorded> found) {
            long offset = found.map(Recorded::offset).orElse(0L);
            boolean nothing = found.filter(last -> last.value().length > 0).isEmpty(); // or forgotten long ago
            if (offset == write.expected() || (nothing && write.expected() == 0)) {
                sending.conditions = conditions(write.guard(), offset);
                later(sending.failures++, () -> send(sending));
            } else if (nothing) { // a child, and its root has ended meanwhile: this owner forgot it
                LOG.debug("{} was forgotten while it was written", write.guard());
            } else {
                deposed("another history stands under " + write.guard() + " at offset " + offset);
            }
        }

        private void last(String key, Sending sending, Consumer<Optional<Recorded>> then) {
            if (closed) {
                return;
            }
            loop.ask(
                    () -> journal.readKey(
                            key, Long.MAX_VALUE, 1, 1, ReadConsistency.LINEARIZABLE, loop.deadline(limit)),
                    (page, error) -> {
                        if (closed) {
                            return;
                        }
                        if (page == null) {
                            later(sending.failures++, () -> last(key, sending, then));
                        } else {
                            then.accept(page.records().stream().findFirst());
                        }
                    });
        }
    }
}
