package io.holdfast.circuitbreaker.chaos;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The stage of an asynchronous call, which another thread may cancel before or after it is there. Safe for use by many threads.
 *
 * @param <T> its result
 */
public final class StartedStage<T> {
    private volatile @Nullable CompletionStage<T> stage;

    /** Makes a place without a stage. */
    public StartedStage() {}

    /**
     * The call has begun. Who finds then that nobody waits any more calls {@link #cancel()} once more.
     *
     * @param started its stage
     */
    public void set(CompletionStage<T> started) {
        stage = started;
    }

    /** Cancels the stage, if it is there and can be cancelled; else it runs to its end, and nobody waits for it. */
    public void cancel() {
        CompletionStage<T> started = stage;
        if (started != null) {
            try {
                started.toCompletableFuture().cancel(true);
            } catch (UnsupportedOperationException notAFuture) {
                // CompletionStage.toCompletableFuture is optional
            }
        }
    }
}
