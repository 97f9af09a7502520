package io.holdfast.replication.saga;

import io.holdfast.core.Deadline;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Runs each attempt on a thread of an executor. Safe for use by many threads. */
final class ThreadStepRunner implements StepRunner {
    private final Executor threads;
    private final MonotonicClock clock;
    private final SagaTracing tracing;

    ThreadStepRunner(Executor threads, MonotonicClock clock, SagaTracing tracing) {
        this.threads = threads;
        this.clock = clock;
        this.tracing = tracing;
    }

    @Override
    public Running start(Invocation invocation) {
        OnThread running = new OnThread();
        Deadline deadline = Deadline.after(clock.nanoTime(), invocation.timeout());
        try {
            threads.execute(() -> running.run(invocation, deadline, tracing));
        } catch (RejectedExecutionException e) {
            running.ended.completeExceptionally(new OverloadedException(
                    "no thread is free for step " + invocation.step()
                            + "; raise steps-at-once, or let steps take less time",
                    Duration.ofMillis(100)));
        }
        return running;
    }

    private static final class OnThread implements Running {
        private final CompletableFuture<byte[]> ended = new CompletableFuture<>();
        private @Nullable Thread thread; // guarded by this
        private boolean interrupted; // guarded by this

        void run(Invocation invocation, Deadline deadline, SagaTracing tracing) {
            byte[] result = NoResult.BYTES;
            Throwable failure = null;
            try {
                begin(invocation);
                result = invocation.run(deadline, tracing);
            } catch (Throwable e) {
                failure = e;
            }
            end();
            if (failure == null) {
                ended.complete(result);
            } else {
                ended.completeExceptionally(failure);
            }
        }

        private synchronized void begin(Invocation invocation) {
            if (interrupted) {
                throw new OverloadedException(
                        "step " + invocation.step() + " was interrupted before it began", Duration.ofMillis(1));
            }
            thread = Thread.currentThread();
        }

        /** An interrupt of ours does not outlive the attempt: the thread belongs to a pool. */
        private synchronized void end() {
            thread = null;
            if (interrupted) {
                Thread.interrupted();
            }
        }

        @Override
        public synchronized void interrupt() {
            interrupted = true;
            if (thread != null) {
                thread.interrupt();
            }
        }

        @Override
        public CompletionStage<byte[]> ended() {
            return ended;
        }
    }
}
