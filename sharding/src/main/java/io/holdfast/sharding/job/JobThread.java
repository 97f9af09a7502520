package io.holdfast.sharding.job;

import io.holdfast.core.Deadline;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which all jobs of a node are decided, and its clocks. Safe for use by many threads. */
final class JobThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobThread.class);
    private static final int WAITING = 16_384;

    private final Environment environment;
    private final ExecutorService serial;

    JobThread(Environment environment) {
        this.environment = environment;
        this.serial = environment.threads().serial("holdfast-jobs", WAITING);
    }

    /** Runs a short task on the thread, later; forgets it after the end of the node. */
    void post(Runnable task) {
        try {
            serial.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("the jobs of this node have ended, or have fallen behind", e);
        }
    }

    Registration schedule(Duration delay, Runnable task) {
        return environment.scheduler().schedule(delay, () -> post(task));
    }

    /** Asks something that may throw instead of failing, and hears the answer on the thread. */
    <T> void ask(Supplier<CompletionStage<T>> question, BiConsumer<? super T, ? super @Nullable Throwable> answer) {
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

    /** The wall clock in milliseconds, as the rows have it. */
    Instant now() {
        Instant now = environment.wallClock().now().truncatedTo(ChronoUnit.MILLIS);
        return now.isBefore(Instant.EPOCH) ? Instant.EPOCH : now;
    }

    @Override
    public void close() {
        serial.shutdown();
    }
}
