package io.holdfast.consensus;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Two replicas that have applied the same commands, but only one of them what time has done since. Questions at a revision go to the other, as they may. */
final class TickedLog implements ReplicatedLog {
    private final Applier leader;
    private final Applier behind;
    private long index;

    TickedLog(Applier leader, Applier behind) {
        this.leader = leader;
        this.behind = behind;
    }

    void tick(Duration time) {
        leader.tick(index, time.toNanos());
    }

    @Override
    public GroupId group() {
        return GroupId.of("meta");
    }

    @Override
    public Leadership leadership() {
        throw new UnsupportedOperationException("there are no elections");
    }

    @Override
    public CompletionStage<byte[]> propose(byte[] command, Deadline deadline) {
        index++;
        behind.apply(index, index, command);
        return CompletableFuture.completedFuture(leader.apply(index, index, command));
    }

    @Override
    public CompletionStage<byte[]> query(byte[] query, ReadConsistency consistency, Deadline deadline) {
        boolean ask = query[1] == 1;
        Applier replica = ask && consistency instanceof ReadConsistency.AtLeast ? behind : leader;
        return CompletableFuture.completedFuture(replica.query(index, query));
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
