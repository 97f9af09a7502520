package io.holdfast.circuitbreaker;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One asynchronous call with its rounds, which follow one another: the first and the retries. */
final class AsyncCall<T> {
    private final Pipeline pipeline;
    private final Supplier<? extends CompletionStage<T>> call;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private CallContext context = CallContext.current();
    private int made;
    private long waitedNanos;
    private volatile Registration pending = () -> {};
    private volatile @Nullable AsyncRound<T> round;

    AsyncCall(Pipeline pipeline, Supplier<? extends CompletionStage<T>> call) {
        this.pipeline = pipeline;
        this.call = call;
    }

    CompletableFuture<T> start() {
        if (pipeline.plan().retry() != null) {
            pipeline.policy().budget().deposit();
        }
        begin();
        if (!result.isDone()) {
            result.whenComplete((value, error) -> {
                if (result.isCancelled()) {
                    pending.close();
                    cancelRound();
                }
            });
        }
        return result;
    }

    private void begin() {
        if (result.isDone()) {
            return;
        }
        AsyncRound<T> next = new AsyncRound<>(this, pipeline.plan(), context);
        round = next;
        next.start();
        if (result.isCancelled()) {
            next.cancel();
        }
    }

    private void cancelRound() {
        AsyncRound<T> current = round;
        if (current != null) {
            current.cancel();
        }
    }

    boolean isCancelled() {
        return result.isCancelled();
    }

    Supplier<? extends CompletionStage<T>> call() {
        return call;
    }

    Pipeline pipeline() {
        return pipeline;
    }

    void succeeded(@Nullable T value) {
        if (pipeline.plan().retry() != null) {
            pipeline.policy().counts().succeeded(made);
        }
        result.complete(value);
    }

    void failed(Throwable error) {
        Plan plan = pipeline.plan();
        waitedNanos =
                result.isDone() ? Retries.NONE : pipeline.retries().waitNanos(error, made, waitedNanos, plan, context);
        if (waitedNanos == Retries.NONE) {
            giveUp(error);
            return;
        }
        pending = pipeline.policy()
                .waits()
                .begin(waitedNanos, () -> onward(() -> retry(plan), error), () -> giveUp(error));
    }

    private void retry(Plan plan) {
        made++;
        context = Retries.spend(context, plan, made);
        begin();
    }

    @SuppressWarnings("unchecked") // the value came out of this call
    private void giveUp(Throwable error) {
        if (pipeline.plan().retry() != null) {
            pipeline.policy().counts().failed(made);
        }
        if (error instanceof FailedResult last) {
            result.complete((T) last.value());
        } else {
            result.completeExceptionally(error);
        }
    }

    /** What comes next is code of users, which must not hold up the timers. If there is no thread for it, the call ends with the error; false then. */
    boolean onward(Runnable step, Throwable error) {
        try {
            pipeline.continuations().execute(context.wrap(step));
            return true;
        } catch (RejectedExecutionException overloaded) {
            error.addSuppressed(overloaded);
            giveUp(error);
            return false;
        }
    }
}
