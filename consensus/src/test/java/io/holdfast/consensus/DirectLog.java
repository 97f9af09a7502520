package io.holdfast.consensus;

import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A group of one that applies on the caller's thread: for what waits, and for what costs. It can be made to answer no more. */
final class DirectLog implements ReplicatedLog {
    private final Applier applier;
    private int largest = Integer.MAX_VALUE;
    private long index;
    private long ahead;
    private final List<Runnable> held = new ArrayList<>();
    private boolean holds;
    private boolean silent;
    private Deadline lastDeadline = Deadline.NONE;

    DirectLog(Applier applier) {
        this.applier = applier;
    }

    void fallSilent() {
        silent = true;
    }

    /** What is proposed from now on is applied when it is let go. */
    void hold() {
        holds = true;
    }

    void letGo() {
        holds = false;
        List<Runnable> all = List.copyOf(held);
        held.clear();
        all.forEach(Runnable::run);
    }

    /** From now on a larger command is not taken. */
    void limit(int bytes) {
        largest = bytes;
    }

    /** The group's time goes on by so much, as its next command will see. */
    void advance(Duration time) {
        ahead += time.toNanos();
    }

    Deadline lastDeadline() {
        return lastDeadline;
    }

    @Override
    public GroupId group() {
        return GroupId.of("meta");
    }

    @Override
    public Leadership leadership() {
        throw new UnsupportedOperationException("a group of one has no elections");
    }

    @Override
    public synchronized CompletionStage<byte[]> propose(byte[] command, Deadline deadline) {
        Check.that(command.length <= largest, "a command (%d bytes) must have at most %d", command.length, largest);
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Runnable applies = () -> answer.complete(applier.apply(++index, index + ahead, command));
        if (holds) {
            held.add(applies);
        } else if (!silent) {
            applies.run();
        }
        return answer;
    }

    @Override
    public synchronized CompletionStage<byte[]> query(byte[] query, ReadConsistency consistency, Deadline deadline) {
        lastDeadline = deadline;
        return silent ? new CompletableFuture<>() : CompletableFuture.completedFuture(applier.query(index, query));
    }

    @Override
    public CompletionStage<Long> readBarrier(Deadline deadline) {
        return CompletableFuture.completedFuture(index);
    }

    @Override
    public long applied() {
        return index;
    }

    @Override
    public void close() {}
}
