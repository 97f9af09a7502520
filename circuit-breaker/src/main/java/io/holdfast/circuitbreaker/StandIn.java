package io.holdfast.circuitbreaker;

import io.holdfast.core.call.CallContext;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Answers in place of a call that failed for good, by an exception or by an {@link Error}: a fallback covers every {@link Throwable} unless told otherwise (MicroProfile Fault Tolerance 4.1, Fallback
 * {@code applyOn}). Safe for use by many threads.
 */
record StandIn(Judgement judgement) {
    /** An answer that may throw. */
    interface Answer<T> {
        T answer(Throwable error) throws Throwable;
    }

    <T> T call(Callable<T> guarded, Answer<? extends T> fallback) throws Exception {
        try {
            return guarded.call();
        } catch (Throwable e) {
            if (!judgement.covers(e)) {
                throw e;
            }
            return answer(fallback, e);
        }
    }

    private static <T> T answer(Answer<? extends T> fallback, Throwable error) throws Exception {
        try {
            return fallback.answer(error);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the fallback failed", e);
        }
    }

    /** The fallback is asked in the context of the caller. */
    @SuppressWarnings("try") // the scope is an effect
    <T> CompletableFuture<T> follow(
            CompletableFuture<T> called, Function<? super Throwable, ? extends CompletionStage<T>> fallback) {
        CallContext caller = CallContext.current();
        CompletableFuture<T> answered = called.exceptionallyCompose(error -> {
            Throwable cause = Pipeline.unwrap(error);
            if (!judgement.covers(cause)) {
                return CompletableFuture.failedFuture(cause);
            }
            try (CallContext.Scope scope = caller.open()) {
                return fallback.apply(cause);
            }
        });
        answered.whenComplete((value, error) -> {
            if (answered.isCancelled()) {
                called.cancel(true);
            }
        });
        return answered;
    }
}
