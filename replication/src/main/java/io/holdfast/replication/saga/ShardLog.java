package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.cluster.ReplicatedJournal.Condition;
import io.holdfast.core.cluster.ReplicatedJournal.Entry;
import io.holdfast.core.cluster.ReplicatedJournal.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionException;
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
    private final Runnable deposed;
    private boolean closed;

    ShardLog(
            int shard,
            long epoch,
            SagaLoop loop,
            ReplicatedJournal journal,
            Duration limit,
            SagaRules rules,
            Runnable deposed) {
        this.shard = shard;
        this.loop = loop;
        this.journal = journal;
        this.limit = limit;
        this.rules = rules;
        this.fence = new Condition.Fence("saga/" + HexFormat.of().toHexDigits((short) shard), epoch);
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
        String key = write.key().toString();
        List<Condition> conditions = new ArrayList<>();
        if (rules.fences()) {
            conditions.add(fence);
        }
        if (rules.conditions()) {
            conditions.add(new Condition.LastOfKey(key, write.expected()));
        }
        send(new Sending(
                List.of(new Entry(key, write.value())),
                conditions,
                appended -> done.accept(appended.last()),
                new Look(key, write, done)));
    }

    /** Replaces or removes whole histories, which is the same done twice; an empty value removes. */
    void replace(List<Entry> entries, Runnable done) {
        send(new Sending(entries, List.of(fence), appended -> done.run(), null));
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
        loop.ask(
                () -> journal.append(sending.entries, sending.conditions, loop.deadline(limit)),
                (appended, error) -> {
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
        } else if (appended.outcome() == Outcome.CONFLICT && sending.look != null) {
            sending.look.begin(sending);
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
        final List<Condition> conditions;
        final java.util.function.Consumer<ReplicatedJournal.Appended> done;
        final @Nullable Look look;
        int failures;

        Sending(
                List<Entry> entries,
                List<Condition> conditions,
                java.util.function.Consumer<ReplicatedJournal.Appended> done,
                @Nullable Look look) {
            this.entries = entries;
            this.conditions = conditions;
            this.done = done;
            this.look = look;
        }
    }

    /** Looks what became of an append of one record. */
    private final class Look {
        private final String key;
        private final SagaFile.Write write;
        private final LongConsumer done;

        Look(String key, SagaFile.Write write, LongConsumer done) {
            this.key = key;
            this.write = write;
            this.done = done;
        }

        void begin(Sending sending) {
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
                            later(sending.failures++, () -> begin(sending));
                        } else {
                            found(sending, page.records());
                        }
                    });
        }

        private void found(Sending sending, List<ReplicatedJournal.Recorded> records) {
            long offset = records.isEmpty() ? 0 : records.get(0).offset();
            if (offset == write.expected()) {
                later(sending.failures++, () -> send(sending)); // not made yet: of the two only one can be
            } else if (!records.isEmpty() && Arrays.equals(records.get(0).value(), write.value())) {
                done.accept(offset);
            } else {
                deposed("another history of " + write.key().id() + " stands at offset " + offset);
            }
        }
    }
}
