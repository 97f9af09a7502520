package io.holdfast.consensus;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** A group of one replica in real time, for tests with threads. Nothing of it reaches a node that is cut off. */
final class LocalLog {
    private static final Duration TICK = Duration.ofMillis(20);

    private final Environment environment;
    private final ReplicatedLog.Applier applier;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Reader> readers = new ArrayList<>();
    private long index;

    /** One who waits for a revision. */
    private record Reader(long revision, Runnable reads) {}

    LocalLog(Environment environment, ReplicatedLog.Applier applier) {
        this.environment = environment;
        this.applier = applier;
        tick();
    }

    private void tick() {
        environment.scheduler().schedule(TICK, () -> {
            lock.lock();
            try {
                applier.tick(index, environment.clock().nanoTime());
            } finally {
                lock.unlock();
            }
            tick();
        });
    }

    private byte[] apply(byte[] command) {
        List<Reader> woken;
        byte[] result;
        lock.lock();
        try {
            result = applier.apply(++index, environment.clock().nanoTime(), command);
            woken = readers.stream().filter(reader -> reader.revision <= index).toList();
            readers.removeAll(woken);
        } finally {
            lock.unlock();
        }
        woken.forEach(reader -> reader.reads.run());
        return result;
    }

    private CompletionStage<byte[]> query(byte[] query, long revision, Deadline deadline) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        lock.lock();
        try {
            if (revision > index) {
                readers.add(new Reader(revision, () -> answer.complete(read(query))));
                long left = deadline.remainingNanos(environment.clock().nanoTime());
                Registration timer = environment
                        .scheduler()
                        .schedule(
                                Duration.ofNanos(left),
                                () -> answer.completeExceptionally(new UnavailableException("not yet")));
                answer.whenComplete((value, error) -> timer.close());
                return answer;
            }
        } finally {
            lock.unlock();
        }
        answer.complete(read(query));
        return answer;
    }

    private byte[] read(byte[] query) {
        lock.lock();
        try {
            return applier.query(index, query);
        } finally {
            lock.unlock();
        }
    }

    /** The log as one node sees it. */
    final class View implements ReplicatedLog {
        private final AtomicInteger unanswered = new AtomicInteger();
        private volatile boolean cut;
        private volatile boolean open;

        void cut() {
            cut = true;
        }

        /** What is proposed from now on is applied, but never answered. */
        void leaveProposalsOpen() {
            open = true;
        }

        /** The next so many questions to a primitive get no answer; what is watched goes on. */
        void leaveUnanswered(int questions) {
            unanswered.set(questions);
        }

        @Override
        public GroupId group() {
            return GroupId.of("meta");
        }

        @Override
        public Leadership leadership() {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public CompletionStage<byte[]> propose(byte[] command, Deadline deadline) {
            if (cut) {
                return CompletableFuture.failedFuture(new NotAppliedException("the node is cut off"));
            }
            byte[] answer = apply(command);
            return open ? new CompletableFuture<>() : CompletableFuture.completedFuture(answer);
        }

        @Override
        public CompletionStage<byte[]> query(byte[] query, ReadConsistency consistency, Deadline deadline) {
            long revision = consistency instanceof ReadConsistency.AtLeast least ? least.revision() : 0;
            boolean ask = query[1] == 1;
            return cut || ask && unanswered.getAndUpdate(left -> Math.max(0, left - 1)) > 0
                    ? CompletableFuture.failedFuture(new UnavailableException("the node is cut off"))
                    : LocalLog.this.query(query, revision, deadline);
        }

        @Override
        public CompletionStage<Long> readBarrier(Deadline deadline) {
            return CompletableFuture.completedFuture(applied());
        }

        @Override
        public long applied() {
            return index;
        }

        @Override
        public void close() {}
    }
}
