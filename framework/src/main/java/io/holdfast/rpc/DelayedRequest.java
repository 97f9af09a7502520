package io.holdfast.rpc;

import io.holdfast.core.Address;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.Message;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request that is sent late on purpose. Cancelling it before takes it back, after it cancels the request. Safe for use by many threads. */
final class DelayedRequest extends CompletableFuture<byte[]> {
    private @Nullable Registration timer; // guarded by this
    private @Nullable CompletableFuture<byte[]> sent; // guarded by this

    private DelayedRequest() {}

    static DelayedRequest send(ClientSide side, Address to, Message message, Duration delay) {
        DelayedRequest request = new DelayedRequest();
        synchronized (request) {
            request.timer = side.scheduler().schedule(delay, () -> request.begin(side, to, message));
        }
        return request;
    }

    private void begin(ClientSide side, Address to, Message message) {
        CompletableFuture<byte[]> answer;
        synchronized (this) {
            if (isDone()) {
                return;
            }
            answer = side.transport().request(to, message);
            sent = answer;
        }
        answer.whenComplete((reply, error) -> {
            if (error == null) {
                complete(reply);
            } else {
                completeExceptionally(error);
            }
        });
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        boolean cancelled = super.cancel(mayInterrupt);
        synchronized (this) {
            if (timer != null) {
                timer.close();
            }
            if (sent != null) {
                sent.cancel(mayInterrupt);
            }
        }
        return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
