package io.holdfast.rpc;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call without a waiting thread: its attempts follow each other on the transport's thread. Cancelling it cancels the attempt under way. */
final class StagedCall extends CompletableFuture<@Nullable Object> {
    private final ClientMethod method;
    private final Round round;
    private final CallContext context = CallContext.current();
    private volatile @Nullable Attempt running;

    StagedCall(ClientMethod method, Invocation invocation) {
        this.method = method;
        this.round = new Round(invocation);
    }

    StagedCall start() {
        try {
            Attempt attempt = method.attempt(round);
            running = attempt;
            if (isDone()) { // cancelled before this attempt could be seen
                attempt.cancel();
            }
            attempt.whenDone((value, error) -> done(attempt, value, error));
        } catch (RuntimeException e) {
            completeExceptionally(e);
        }
        return this;
    }

    private void done(Attempt attempt, @Nullable Object value, @Nullable Throwable error) {
        if (error == null) {
            complete(value);
        } else if (error instanceof UnavailableException unbegun
                && !isDone()
                && method.elsewhere(round, attempt, unbegun, context.deadline())) {
            context.run(this::start);
        } else {
            completeExceptionally(error);
        }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        boolean cancelled = super.cancel(mayInterrupt);
        Attempt attempt = running;
        if (cancelled && attempt != null) {
            attempt.cancel();
        }
        return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
