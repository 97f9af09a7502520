package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.call.CallContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** An asynchronous call that is held up. Cancelling it ends the hold, or the call that followed it. */
final class HeldCall<T> extends CompletableFuture<T> {
    private final CompletableFuture<Void> hold;
    private final Runnable judge;
    private final Supplier<? extends CompletionStage<T>> call;
    private final CallContext context = CallContext.current();
    private final StartedStage<T> stage = new StartedStage<>();

    /** {@code judge} throws if the call is not to be made after the hold. */
    HeldCall(CompletableFuture<Void> hold, Runnable judge, Supplier<? extends CompletionStage<T>> call) {
        this.hold = hold;
        this.judge = judge;
        this.call = call;
    }

    /** What follows is code of users, which must not hold up the timers. */
    HeldCall<T> start(Executor continuations) {
        hold.thenRun(() -> {
            try {
                continuations.execute(context.wrap(this::goOn));
            } catch (RejectedExecutionException noThread) {
                completeExceptionally(noThread);
            }
        });
        return this;
    }

    private void goOn() {
        if (isDone()) {
            return;
        }
        try {
            judge.run();
            CompletionStage<T> started = call.get();
            stage.set(started);
            started.whenComplete((value, error) -> {
                if (error == null) {
                    complete(value);
                } else {
                    completeExceptionally(error);
                }
            });
            if (isCancelled()) {
                stage.cancel();
            }
        } catch (Throwable e) {
            completeExceptionally(e);
        }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        boolean cancelled = super.cancel(mayInterrupt);
        hold.cancel(false);
        stage.cancel();
        return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
