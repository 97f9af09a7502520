package io.holdfast.consensus.log;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks a question once for all who wait for its answer: one round at a time, and who comes while one runs waits for the next, which begins after he came. */
final class Rounds<T> {
    private final Supplier<CompletionStage<T>> question;
    private @Nullable CompletableFuture<T> waiting;
    private @Nullable CompletableFuture<T> running;

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
            first = running == null;
            if (first) {
                running = mine;
                waiting = null;
            }
        }
        if (first) {
            run(mine);
        }
        return mine;
    }

    /** Ends all that wait, with this: who asks afterwards does not wait for a round that began before. */
    void giveUp(RuntimeException why) {
        CompletableFuture<T> first;
        CompletableFuture<T> second;
        synchronized (this) {
            first = running;
            second = waiting;
            running = null;
            waiting = null;
        }
        if (first != null) {
            first.completeExceptionally(why);
        }
        if (second != null) {
            second.completeExceptionally(why);
        }
    }

    private void next(CompletableFuture<T> before) {
        CompletableFuture<T> mine;
        synchronized (this) {
            if (running != before) {
                return; // it was given up
            }
            mine = waiting;
            waiting = null;
            running = mine;
        }
        if (mine != null) {
            run(mine);
        }
    }

    private void run(CompletableFuture<T> mine) {
        CompletionStage<T> round;
        try {
            round = question.get();
        } catch (RuntimeException e) {
            round = CompletableFuture.failedFuture(e);
        }
        round.whenComplete((value, error) -> {
            next(mine);
            if (error == null) {
                mine.complete(value);
            } else {
                mine.completeExceptionally(error);
            }
        });
    }
}
