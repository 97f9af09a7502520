package io.holdfast.consensus.log;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.state.NeedsUpgradeException;
import io.holdfast.core.Check;
import io.holdfast.core.CodecException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a replica's entries apart into commands, counts them, and keeps the group's time. One for each life of a replica: give it to
 * {@link io.holdfast.consensus.raft.RaftEngine#open} and then, with the replica, to {@link GroupLog#attach}.
 *
 * <p>Commands and queries run one at a time. No thread waits for another to ask a query: who holds the state answers the queries that came meanwhile, so a query may be answered on the
 * engine's thread.
 *
 * <p>The snapshot is {@code version u8 = 1, index i64, log nanos i64}, then the state's own. An entry that this version does not know ({@link NeedsUpgradeException}), or an
 * applier that fails, is thrown to the engine, which stops the replica.
 */
public final class BatchApplier implements EntryApplier {
    private static final int SNAPSHOT_VERSION = 1;
    private static final int QUERIES_AT_ONCE = 64;

    private final ReplicatedLog.Applier applier;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Question> questions = new ConcurrentLinkedQueue<>();
    private volatile Runnable onApplied = () -> {};
    private volatile long index;
    private volatile long logNanos;
    private volatile long entryIndex = -1;
    private volatile long nextDeadline;
    /** Changed under the lock only. */
    private boolean broken;

    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    private record Question(byte[] query, CompletableFuture<byte[]> answer) {}

    /**
     * Starts at the beginning of the log.
     *
     * @param applier the state, empty
     */
    public BatchApplier(ReplicatedLog.Applier applier) {
        this.applier = applier;
        this.nextDeadline = applier.nextDeadline();
    }

    @Override
    public byte[] apply(long at, byte[] bytes) {
        byte[] results;
        boolean whole = false;
        lock.lock();
        try {
            Entry entry = Entry.decode(bytes);
            logNanos = Math.max(logNanos, entry.logNanos());
            results = applyAll(entry);
            nextDeadline = applier.nextDeadline();
            entryIndex = at;
            whole = true;
        } finally {
            unlock(whole);
        }
        onApplied.run();
        return results;
    }

    private byte[] applyAll(Entry entry) {
        if (entry.count() == 0) {
            applier.tick(index, logNanos);
            return new byte[0];
        }
        List<byte @Nullable []> results = new ArrayList<>(entry.count());
        var in = entry.items();
        long next = index;
        for (int i = 0; i < entry.count(); i++) {
            byte[] command = new byte[Varints.length(in)];
            in.get(command);
            results.add(applier.apply(++next, logNanos, command));
        }
        index = next;
        return Results.encode(results);
    }

    /** A state that was changed in part answers nothing any more; its replica stops. */
    private void unlock(boolean whole) {
        broken |= !whole;
        lock.unlock();
        answerQuestions();
    }

    /** The answer of the state as it is when nothing else runs on it; completes on the thread that holds the state then. */
    CompletionStage<byte[]> query(byte[] query) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        questions.add(new Question(query, answer));
        answerQuestions();
        return answer;
    }

    /** Who waits for the lock, or holds it, looks here again afterwards, so no question is left behind. */
    private void answerQuestions() {
        while (!questions.isEmpty() && !lock.hasQueuedThreads() && lock.tryLock()) {
            List<Runnable> answers = new ArrayList<>();
            try {
                while (answers.size() < QUERIES_AT_ONCE) {
                    Question question = questions.poll();
                    if (question == null) {
                        break;
                    }
                    answers.add(answer(question));
                }
            } finally {
                lock.unlock();
            }
            answers.forEach(Runnable::run);
        }
    }

    private Runnable answer(Question question) {
        if (broken) {
            return () -> question.answer()
                    .completeExceptionally(new UnavailableException(
                            "the state could not take an entry or a snapshot, and its replica stops; ask another one"));
        }
        try {
            byte[] answer = applier.query(index, question.query());
            return () -> question.answer().complete(answer);
        } catch (RuntimeException | Error e) {
            return () -> question.answer()
                    .completeExceptionally(new UnavailableException("the state could not answer a query: " + e, e));
        }
    }

    /**
     * A state that is held on to, and what was asked of it at the same moment.
     *
     * @param state the state; closed by who asked
     * @param entryIndex the last log index whose entry it knows, or -1
     * @param answer what was asked
     * @param <T> what was asked
     */
    public record Held<T>(ReplicatedLog.Capture state, long entryIndex, T answer) {}

    @Override
    public ReplicatedLog.Capture capture() {
        return hold(() -> index).state();
    }

    /**
     * As {@link #capture}, with something else of the same moment.
     *
     * @param question asks the state; quick
     * @param <T> what is asked
     * @return both
     */
    public <T> Held<T> hold(Supplier<T> question) {
        lock.lock();
        try {
            T answer = question.get();
            return new Held<>(new Framed(applier.capture(), index, logNanos), entryIndex, answer);
        } finally {
            unlock(true);
        }
    }

    /**
     * Counts on from a later command: the state was made that of a new group. Before the first entry.
     *
     * @param later the index of the command that counts as the last one
     * @throws IllegalArgumentException if it is earlier than what was applied
     */
    public void continueFrom(long later) {
        lock.lock();
        try {
            Check.that(
                    later >= index, "the index to go on from (%s) must not lie before the last one (%s)", later, index);
            index = later;
            nextDeadline = applier.nextDeadline();
        } finally {
            unlock(true);
        }
        onApplied.run();
    }

    /**
     * What stands in a snapshot in front of the state's own bytes.
     *
     * @param index the last command
     * @param logNanos the group's time
     */
    public record Head(long index, long logNanos) {
        /**
         * Reads it; the state's own bytes follow.
         *
         * @param snapshot what a capture wrote
         * @return the head
         * @throws NeedsUpgradeException if a newer build wrote it
         * @throws IOException if it is none
         */
        public static Head read(InputStream snapshot) throws IOException {
            DataInputStream in = new DataInputStream(snapshot);
            int version = in.readUnsignedByte();
            if (version > SNAPSHOT_VERSION) {
                throw new NeedsUpgradeException(
                        "a snapshot has version " + version + ", this build knows up to " + SNAPSHOT_VERSION);
            }
            if (version < SNAPSHOT_VERSION) {
                throw new IOException("a snapshot has version " + version + ", there is none before 1");
            }
            Head head = new Head(in.readLong(), in.readLong());
            if (head.index < 0 || head.logNanos < 0) {
                throw new IOException("a snapshot's index (" + head.index + ") and time (" + head.logNanos
                        + ") must not be negative");
            }
            return head;
        }
    }

    private record Framed(ReplicatedLog.Capture state, long index, long logNanos) implements ReplicatedLog.Capture {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            DataOutputStream head = new DataOutputStream(out);
            head.writeByte(SNAPSHOT_VERSION);
            head.writeLong(index);
            head.writeLong(logNanos);
            head.flush();
            state.writeTo(out);
        }

        @Override
        public void close() {
            state.close();
        }
    }

    @Override
    public void restore(long at, InputStream snapshot) throws IOException {
        boolean whole = false;
        lock.lock();
        try {
            Head head = Head.read(snapshot);
            applier.restore(head.index(), snapshot);
            index = head.index();
            logNanos = head.logNanos();
            entryIndex = at;
            nextDeadline = applier.nextDeadline();
            whole = true;
        } catch (CodecException e) {
            throw new IOException("a snapshot cannot be read: " + e.getMessage(), e);
        } finally {
            unlock(whole);
        }
        onApplied.run();
    }

    void onApplied(Runnable listener) {
        onApplied = listener;
    }

    long index() {
        return index;
    }

    /** The last log index whose entry was applied; the engine's own entries are not seen here. */
    long entryIndex() {
        return entryIndex;
    }

    long logNanos() {
        return logNanos;
    }

    long nextDeadline() {
        return nextDeadline;
    }
}
