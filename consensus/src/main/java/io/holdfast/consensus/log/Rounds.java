package io.holdfast.consensus.log;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks a question once for all who wait for its answer: one round at a time, and who comes while one runs waits for the next, which begins after he came. */
final class Rounds<T> {
    private final Supplier<CompletionStage<T>> question;
    private @Nullable CompletableFuture<T> waiting;
    private boolean running;

    /**
     * Makes it.
     *
     * @param question begins a round; each must end
     */
    Rounds(Supplier<CompletionStage<T>> question) {
        this.question = question;
    }

    /** The answer of a round that begins now or later. */
    CompletionStage<T> join() {
        CompletableFuture<T> mine;
        boolean first;
        synchronized (this) {
            if (waiting == null) {
                waiting = new CompletableFuture<>();
            }
            mine = waiting;
            first = !running;
            running = true;
        }
        if (first) {
            next();
        }
        return mine;
    }

    private void next() {
        CompletableFuture<T> mine;
        synchronized (this) {
            mine = waiting;
            waiting = null;
            running = mine != null;
        }
        if (mine == null) {
            return;
        }
        CompletionStage<T> round;
        try {
            round = question.get();
        } catch (RuntimeException e) {
            round = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<T> result = mine;
        round.whenComplete((value, error) -> {
            next();
            if (error == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(error);
            }
        });
    }
}
