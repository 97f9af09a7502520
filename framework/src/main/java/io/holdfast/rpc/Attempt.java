package io.holdfast.rpc;

import io.holdfast.core.CallCancelledException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One request to one instance. Either {@link #await} or {@link #stage} takes its result, once. */
final class Attempt {
    private final ClientMethod method;
    private final ServiceInstance to;
    private final CallContext caller;
    private final long startNanos;
    private final RpcSpan span;
    private final CompletableFuture<byte[]> wire;

    Attempt(ClientMethod method, ServiceInstance to, Invocation invocation) {
        this.method = method;
        this.to = to;
        this.caller = invocation.caller();
        this.startNanos = method.side().clock().nanoTime();
        this.span = method.side().tracing().call(method.remote(), to, invocation.context());
        this.wire = method.side()
                .transport()
                .request(to.address(), new Message(method.route(), span.context(invocation.context()), invocation.request(), Lane.CALL));
    }

    /** Blocks the thread until the answer is there. An interrupt cancels the call at the other side as well. */
    @Nullable Object await() throws Throwable {
        try {
            Object result = RpcWire.read(method.remote(), wire.get(), to.node().value());
            finished(null);
            return result;
        } catch (ExecutionException e) {
            Throwable cause = cause(e);
            finished(cause);
            throw cause;
        } catch (InterruptedException e) {
            wire.cancel(true);
            Thread.currentThread().interrupt();
            CallCancelledException cancelled = new CallCancelledException(
                    method.remote().name() + " was cancelled: the thread that waited was interrupted", e);
            finished(cancelled);
            throw cancelled;
        } catch (Throwable e) {
            finished(e);
            throw e;
        }
    }

    /** Tells the outcome on the transport's thread, in the caller's context. */
    void whenDone(BiConsumer<@Nullable Object, @Nullable Throwable> listener) {
        wire.whenComplete((reply, error) -> done(listener, reply, error));
    }

    /** Tells the other side to stop. */
    void cancel() {
        wire.cancel(true);
    }

    @SuppressWarnings("try") // the scope is the effect
    private void done(
            BiConsumer<@Nullable Object, @Nullable Throwable> listener,
            byte @Nullable [] reply,
            @Nullable Throwable error) {
        Throwable failure = error == null ? null : cause(error);
        Object value = null;
        if (reply != null) {
            try {
                value = RpcWire.read(method.remote(), reply, to.node().value());
            } catch (Throwable e) {
                failure = e;
            }
        }
        finished(failure);
        try (CallContext.Scope scope = caller.open()) {
            listener.accept(value, failure);
        }
    }

    private Throwable cause(Throwable error) {
        Throwable cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof CancellationException
                ? new CallCancelledException(method.remote().name() + " was cancelled by its caller", cause)
                : cause;
    }

    private void finished(@Nullable Throwable error) {
        long nanos = method.side().clock().nanoTime() - startNanos;
        CallStatus status = CallStatus.of(error);
        method.timers().record(status, nanos);
        method.finished(to, nanos, error instanceof HoldfastException);
        span.end(status, error);
    }
}
