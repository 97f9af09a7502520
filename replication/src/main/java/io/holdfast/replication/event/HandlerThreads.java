package io.holdfast.replication.event;

import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/** Where the handlers of one subscription or group run, which may block. */
final class HandlerThreads {
    private static final Duration RETRY = Duration.ofMillis(100);

    private final Environment environment;
    private final ExecutorService threads;
    private volatile boolean closed;

    HandlerThreads(Environment environment, String name, int maxConcurrent) {
        this.environment = environment;
        this.threads = environment.threads().handlers(name, maxConcurrent);
    }

    /** Calls a handler; the result never completes once this is closed. Whatever a handler throws is its failure. */
    <E> CompletableFuture<Void> call(EventHandler<E> handler, EventBatch<E> batch) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        run(() -> handle(handler, batch, result));
        return result;
    }

    private static <E> void handle(EventHandler<E> handler, EventBatch<E> batch, CompletableFuture<Void> result) {
        try {
            handler.handle(batch).whenComplete((value, error) -> {
                if (error == null) {
                    result.complete(null);
                } else {
                    result.completeExceptionally(cause(error));
                }
            });
        } catch (Throwable failure) {
            result.completeExceptionally(failure);
        }
    }

    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** Runs a task, as soon as there is a thread. */
    void run(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            if (!closed) {
                environment.scheduler().schedule(RETRY, () -> run(task));
            }
        }
    }

    void close() {
        closed = true;
        threads.shutdown();
    }
}
