package io.holdfast.core.call;

import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.env.IoThread;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Until when calls of replicated structures wait, and how a thread waits for one. Safe for use by many threads. */
public final class Waiting {
    private static final Duration DEFAULT = Duration.ofSeconds(5);

    private final MonotonicClock clock;

    /**
     * Makes one.
     *
     * @param clock the clock of deadlines
     */
    public Waiting(MonotonicClock clock) {
        this.clock = clock;
    }

    /**
     * The running call's deadline, or five seconds from now.
     *
     * @return the deadline
     */
    public Deadline deadline() {
        Deadline given = CallContext.current().deadline();
        return given.isNone() ? Deadline.after(clock.nanoTime(), DEFAULT) : given;
    }

    /** A blocked I/O thread would wait for an answer that only it can read. Asked before anything is sent, so that nothing is acquired or taken for nobody. */
    private static void checkThread() {
        if (IoThread.isCurrent()) {
            throw new IllegalStateException(
                    "thread " + Thread.currentThread().getName()
                            + " reads sockets and must not wait for other nodes; call the async form and follow its stage, or hand over to a thread of your own. Nothing was sent");
        }
    }

    /**
     * Calls and waits; the stage ends by its deadline.
     *
     * @param call makes the stage
     * @param <T> the result's type
     * @return the result
     * @throws IllegalStateException on an I/O thread, before the call
     * @throws CallCancelledException if the thread is interrupted
     */
    public static <T> T await(Supplier<? extends CompletionStage<T>> call) {
        checkThread();
        try {
            return call.get().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } catch (InterruptedException e) {
            throw cancelled(e);
        }
    }

    private static CallCancelledException cancelled(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CallCancelledException(
                "the thread was interrupted while it waited; the operation may still be applied, read what it was to change",
                e);
    }

    /**
     * As {@link #await}; an interrupted thread gives up what it waited for, also if it came at that moment.
     *
     * @param call makes the future
     * @param givesBack takes what came though nobody waits any more
     * @param <T> the result's type
     * @return the result
     */
    public static <T> T awaitOrCancel(Supplier<CompletableFuture<T>> call, Consumer<T> givesBack) {
        try {
            return awaitInterruptibly(call, givesBack);
        } catch (InterruptedException e) {
            throw cancelled(e);
        }
    }

    /**
     * As {@link #awaitOrCancel}, in the JDK's words.
     *
     * @param call makes the future
     * @param givesBack takes what came though nobody waits any more
     * @param <T> the result's type
     * @return the result
     * @throws InterruptedException if the thread is interrupted
     */
    public static <T> T awaitInterruptibly(Supplier<CompletableFuture<T>> call, Consumer<T> givesBack)
            throws InterruptedException {
        checkThread();
        CompletableFuture<T> attempt = call.get();
        try {
            return attempt.get();
        } catch (InterruptedException e) {
            if (!attempt.cancel(false)) {
                attempt.thenAccept(givesBack);
            }
            throw e;
        } catch (ExecutionException e) {
            throw unwrapped(e);
        }
    }

    /**
     * Calls, waits even if the thread is interrupted, and restores the interrupt.
     *
     * @param call makes the stage
     * @param <T> the result's type
     * @return the result
     */
    public static <T> T awaitUninterruptibly(Supplier<? extends CompletionStage<T>> call) {
        checkThread();
        CompletionStage<T> stage = call.get();
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

    private static RuntimeException unwrapped(ExecutionException error) {
        return error.getCause() instanceof RuntimeException known
                ? known
                : new IllegalStateException("the operation failed by a defect: " + error.getCause(), error);
    }

    /**
     * What to throw when the deadline came first.
     *
     * @param name what was waited for
     * @return the exception
     */
    public static DeadlineExceededException tooLate(String name) {
        return new DeadlineExceededException("the call's deadline came while it waited for " + name
                + "; it does not wait any more and holds nothing");
    }
}
