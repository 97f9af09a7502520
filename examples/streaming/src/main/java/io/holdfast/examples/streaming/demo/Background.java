package io.holdfast.examples.streaming.demo;

import io.holdfast.core.env.Environment;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Work beside the thread that shows it. */
final class Background {
    private Background() {}

    /** Begins to work on a thread of its own; the future has the result or the failure. */
    static <T> CompletableFuture<T> start(String name, Supplier<T> work, Environment env) {
        CompletableFuture<T> future = new CompletableFuture<>();
        env.threads().start(name, () -> {
            try {
                future.complete(work.get());
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
            }
        });
        return future;
    }
}
