package io.holdfast.replication.saga;

import io.holdfast.core.Deadline;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which all sagas of a node are decided, and its clocks. It drops nothing: what waits is bounded by the sagas that are alive, each of which waits for a bounded number of answers, and by
 * requests, which are refused before they are posted when too much waits. Safe for use by many threads.
 */
final class SagaLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SagaLoop.class);
    private static final int TASKS_A_TURN = 256;

    private final Environment environment;
    private final ExecutorService serial;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    SagaLoop(Environment environment) {
        this.environment = environment;
        this.serial = environment.threads().serial("holdfast-saga", 16);
    }

    /** Runs a short task on the thread, later; forgets it after the end of the node. */
    void post(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            wake();
        }
    }

    private void wake() {
        try {
            serial.execute(this::drain);
        } catch (RejectedExecutionException e) {
            LOG.debug("the sagas of this node have ended", e);
        }
    }

    private void drain() {
        int done = 0;
        for (Runnable task = tasks.poll(); task != null; task = done < TASKS_A_TURN ? tasks.poll() : null) {
            done++;
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a turn of the sagas of this node failed; the saga stands still until its shard moves", e);
            }
        }
        if (waiting.addAndGet(-done) > 0) {
            wake();
        }
    }

    /** How many tasks wait. */
    int waiting() {
        return waiting.get();
    }

    Registration schedule(Duration delay, Runnable task) {
        return environment.scheduler().schedule(delay, () -> post(task));
    }

    /** Asks something that may throw instead of failing, and hears the answer on the thread. */
    <T> void ask(
            Supplier<CompletionStage<T>> question,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> answer) {
        CompletionStage<T> asked;
        try {
            asked = question.get();
        } catch (RuntimeException e) {
            asked = CompletableFuture.failedFuture(e);
        }
        asked.whenComplete((value, error) -> post(() -> answer.accept(value, error)));
    }

    Deadline deadline(Duration limit) {
        return Deadline.after(environment.clock().nanoTime(), limit);
    }

    long nanoTime() {
        return environment.clock().nanoTime();
    }

    /** The wall clock, which histories tell: at least 1. */
    long wallMillis() {
        return Math.max(1, environment.wallClock().now().toEpochMilli());
    }

    @Override
    public void close() {
        serial.shutdown();
    }
}
