package io.holdfast.consensus.log;

import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import java.util.concurrent.CompletableFuture;

/** Somebody who waits until a deadline. */
abstract class Waiter<T> {
    final CompletableFuture<T> result = new CompletableFuture<>();
    final Deadline deadline;

    Waiter(Deadline deadline) {
        this.deadline = deadline;
    }

    /** Why it ends without a result: the deadline passed, or the log was closed. */
    abstract HoldfastException ended(String why);

    final void end(String why) {
        result.completeExceptionally(ended(why));
    }

    boolean isDone() {
        return result.isDone();
    }
}
