package io.holdfast.consensus;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Scheduler;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A log whose answers are lost now and then, after the command was committed or long before it is. */
final class LossyLog implements ReplicatedLog {
    private final ReplicatedLog log;
    private final SplittableRandom random;
    private final Scheduler scheduler;

    LossyLog(ReplicatedLog log, long seed, Scheduler scheduler) {
        this.log = log;
        this.random = new SplittableRandom(seed);
        this.scheduler = scheduler;
    }

    @Override
    public GroupId group() {
        return log.group();
    }

    @Override
    public Leadership leadership() {
        return log.leadership();
    }

    @Override
    public CompletionStage<byte[]> propose(byte[] command, Deadline deadline) {
        int fate = random.nextInt(16);
        if (fate > 2) {
            return log.propose(command, deadline);
        }
        CompletableFuture<byte[]> lost = new CompletableFuture<>();
        UnknownOutcomeException unknown = new UnknownOutcomeException("the answer was lost");
        if (fate == 0) {
            Duration late = Duration.ofMillis(random.nextLong(300));
            scheduler.schedule(late, () -> log.propose(command, Deadline.NONE));
            lost.completeExceptionally(unknown);
        } else {
            log.propose(command, deadline).whenComplete((bytes, error) -> lost.completeExceptionally(unknown));
        }
        return lost;
    }

    @Override
    public CompletionStage<byte[]> query(byte[] query, ReadConsistency consistency, Deadline deadline) {
        return log.query(query, consistency, deadline);
    }

    @Override
    public CompletionStage<Long> readBarrier(Deadline deadline) {
        return log.readBarrier(deadline);
    }

    @Override
    public long applied() {
        return log.applied();
    }

    @Override
    public void close() {
        log.close();
    }
}
