package io.holdfast.consensus.log;

import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.CodecException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Merges the batches of all nodes into entries, while this node leads. Answers come on the engine's thread, or on the caller's if nothing was appended. */
final class LeaderBatcher {
    private final GroupContext context;
    private final RaftReplica replica;
    private final BatchApplier applier;
    private final LogClock clock = new LogClock();
    private final Deque<Submission> queue = new ArrayDeque<>();
    private int queuedCommands;
    private long queuedBytes;
    private int open;
    private volatile boolean closed;

    private record Submission(Batch batch, Consumer<Answer> done) {}

    LeaderBatcher(GroupContext context, RaftReplica replica, BatchApplier applier) {
        this.context = context;
        this.replica = replica;
        this.applier = applier;
    }

    void submit(Batch batch, Consumer<Answer> done) {
        boolean full;
        synchronized (this) {
            full = queuedCommands + batch.count() > context.config().queuedCommands()
                    || queuedBytes + batch.size()
                            > context.config().queuedSize().bytes();
            if (!full) {
                queue.add(new Submission(batch, done));
                queuedCommands += batch.count();
                queuedBytes += batch.size();
            }
        }
        if (full) {
            done.accept(Answer.refused(
                    Answer.Status.OVERLOADED,
                    context.leader().current(),
                    "the leader of group " + context.group() + " has "
                            + context.config().queuedCommands()
                            + " commands or " + context.config().queuedSize()
                            + " waiting, its limit; slow the callers down"));
        } else {
            pump();
        }
    }

    /** Appends what waits as far as entries may be open; refuses it if this replica does not lead. */
    void pump() {
        while (true) {
            ReplicaStatus status = replica.status();
            boolean leads = status.role() == RaftRole.LEADER && !closed;
            List<Submission> taken = new ArrayList<>();
            synchronized (this) {
                if (queue.isEmpty() || (leads && open >= context.config().openEntries())) {
                    return;
                }
                take(taken, leads);
                open += leads ? 1 : 0;
            }
            if (leads) {
                var unused = append(status, taken);
            } else {
                Answer refusal = Answer.refused(
                        Answer.Status.NOT_APPLIED,
                        context.leader().current(),
                        "node " + context.self() + " does not lead group " + context.group() + "; ask its leader");
                taken.forEach(submission -> submission.done().accept(refusal));
            }
        }
    }

    /** For one entry, or all that waits. */
    private void take(List<Submission> taken, boolean bounded) {
        int commands = 0;
        long bytes = GroupLogConfig.OVERHEAD;
        Submission next = queue.peek();
        while (next != null) {
            commands += next.batch().count();
            bytes += next.batch().size();
            boolean full = commands > context.config().maxEntryCommands()
                    || bytes > context.config().maxEntrySize().bytes() + GroupLogConfig.OVERHEAD;
            if (bounded && full && !taken.isEmpty()) {
                return;
            }
            taken.add(queue.remove());
            queuedCommands -= next.batch().count();
            queuedBytes -= next.batch().size();
            next = queue.peek();
        }
    }

    /** Gives the engine an entry; the stage ends when all who wait for it were told. */
    private CompletionStage<byte[]> append(ReplicaStatus status, List<Submission> submissions) {
        long nanos = clock.now(status.term(), applier.logNanos(), context.now());
        List<Batch> batches = submissions.stream().map(Submission::batch).toList();
        context.meters().appended(batches.stream().mapToInt(Batch::count).sum());
        CompletionStage<byte[]> appended;
        try {
            appended = replica.append(Entry.encode(nanos, batches));
        } catch (RuntimeException e) {
            appended = CompletableFuture.failedFuture(
                    new UnknownOutcomeException("the engine failed to take an entry: " + e, e));
        }
        return appended.whenComplete((results, error) -> {
            synchronized (this) {
                open--;
            }
            pump(); // the next entry is on its way before the callers of this one are told
            deliver(submissions, results, error);
        });
    }

    private void deliver(List<Submission> submissions, byte @Nullable [] results, @Nullable Throwable error) {
        if (results == null || error != null) {
            Answer failure = Answer.failed(
                    context.leader().current(),
                    error == null ? new IllegalStateException("an entry without results") : error);
            submissions.forEach(submission -> submission.done().accept(failure));
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(results);
        for (Submission submission : submissions) {
            Answer answer;
            try {
                ByteBuffer own = Results.slice(in, submission.batch().count());
                answer = Answer.done(context.leader().current(), own);
            } catch (CodecException e) {
                answer = Answer.failed(context.leader().current(), e);
            }
            submission.done().accept(answer);
        }
    }

    /** Lets time pass in the log, if something expires and no command carries the time. */
    void tick() {
        ReplicaStatus status = replica.status();
        if (status.role() != RaftRole.LEADER || !status.ready()) {
            return;
        }
        long now = clock.now(status.term(), applier.logNanos(), context.now());
        if (applier.nextDeadline() > now) {
            return;
        }
        synchronized (this) {
            if (open > 0 || closed) {
                return;
            }
            open++;
        }
        var unused = append(status, List.of());
    }

    boolean leads() {
        return replica.status().role() == RaftRole.LEADER && !closed;
    }

    /** Appends an entry without commands, whatever else is open. Completes with a log index that is not before it, once it was committed and applied here. */
    CompletionStage<Long> commitNothing() {
        ReplicaStatus status = replica.status();
        if (!leads() || !status.ready()) {
            return CompletableFuture.failedFuture(
                    new UnavailableException("node " + context.self() + " does not lead group " + context.group()));
        }
        synchronized (this) {
            open++;
        }
        return append(status, List.of()).thenApply(results -> applier.entryIndex());
    }

    void close() {
        closed = true;
        pump();
    }
}
