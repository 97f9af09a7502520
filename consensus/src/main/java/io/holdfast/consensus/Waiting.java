package io.holdfast.consensus;

import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.IoThread;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** Until when calls wait, and how a thread waits for one. */
final class Waiting {
    private static final Duration DEFAULT = Duration.ofSeconds(5);

    private final MonotonicClock clock;

    Waiting(MonotonicClock clock) {
        this.clock = clock;
    }

    /** The running call's deadline, or five seconds from now. */
    Deadline deadline() {
        Deadline given = CallContext.current().deadline();
        return given.isNone() ? Deadline.after(clock.nanoTime(), DEFAULT) : given;
    }

    /** Waits; the stage ends by its deadline. A blocked I/O thread would wait for an answer that only it can read. */
    static <T> T await(CompletionStage<T> stage) {
        if (IoThread.isCurrent() && !stage.toCompletableFuture().isDone()) {
            throw new IllegalStateException(
                    "thread " + Thread.currentThread().getName()
                            + " reads sockets and must not wait for the group; call the async form and follow its stage, or hand over to a thread of your own. What was sent may be done");
        }
        try {
            return stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelledException(
                    "the thread was interrupted while it waited; the operation may still be applied, read what it was to change",
                    e);
        }
    }

    /** As {@link #await}; an interrupted thread gives up what it waited for. */
    static <T> T awaitOrCancel(CompletableFuture<T> attempt) {
        try {
            return await(attempt);
        } catch (CallCancelledException e) {
            attempt.cancel(false);
            throw e;
        }
    }

    /** Waits even if the thread is interrupted, and restores the interrupt. */
    static <T> T awaitUninterruptibly(CompletionStage<T> stage) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return stage.toCompletableFuture().get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw unwrapped(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static RuntimeException unwrapped(ExecutionException error) {
        return error.getCause() instanceof RuntimeException known
                ? known
                : new IllegalStateException("the operation failed by a defect: " + error.getCause(), error);
    }

    static DeadlineExceededException tooLate(String name) {
        return new DeadlineExceededException("the call's deadline came while it waited for " + name
                + "; it does not wait any more and holds nothing");
    }
}
