package io.holdfast.sharding.job;

import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.CallContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Runs each body on a thread of an executor. Safe for use by many threads. */
final class ThreadRunner implements BodyRunner {
    private final Executor threads;

    ThreadRunner(Executor threads) {
        this.threads = threads;
    }

    @Override
    public Running start(CallContext context, Body body) {
        OnThread running = new OnThread();
        try {
            threads.execute(() -> running.run(context, body));
        } catch (RejectedExecutionException e) {
            running.ended.completeExceptionally(new OverloadedException(
                    "no thread is free to run it: too many jobs, services and workers of this node block; host fewer of them",
                    Duration.ofSeconds(1)));
        }
        return running;
    }

    private static final class OnThread implements Running {
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private @Nullable Thread thread; // guarded by this
        private boolean interrupted; // guarded by this

        void run(CallContext context, Body body) {
            Throwable failure = null;
            try {
                begin();
                context.call(() -> {
                    body.run();
                    return body;
                });
            } catch (Throwable e) {
                failure = e;
            }
            end();
            if (failure == null) {
                ended.complete(null);
            } else {
                ended.completeExceptionally(failure);
            }
        }

        private synchronized void begin() throws InterruptedException {
            if (interrupted) {
                throw new InterruptedException("it was interrupted before it began");
            }
            thread = Thread.currentThread();
        }

        /** An interrupt of ours does not outlive the body: the thread belongs to a pool. */
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
        public CompletionStage<?> ended() {
            return ended;
        }
    }
}
