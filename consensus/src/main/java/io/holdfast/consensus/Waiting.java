package io.holdfast.consensus;

import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
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

    /** Waits; the stage ends by its deadline. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException("the operation failed by a defect: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelledException(
                    "the thread was interrupted while it waited; the operation may still be applied, read what it was to change",
                    e);
        }
    }
}
