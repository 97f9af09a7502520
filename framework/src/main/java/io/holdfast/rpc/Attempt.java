package io.holdfast.rpc;

import io.holdfast.core.CallCancelledException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.discovery.balance.Candidate;
import io.holdfast.discovery.balance.Load;
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
    private final Load load;
    private final CallContext caller;
    private final long startNanos;
    private final RpcSpan span;
    private final CompletableFuture<byte[]> wire;

    Attempt(ClientMethod method, Candidate candidate, Invocation invocation) {
        this.method = method;
        this.to = candidate.instance();
        this.load = candidate.load();
        invocation.tried(candidate);
        load.begin();
        CallContext context = CallContext.current(); // bounded by the call's deadline and by a policy's timeout
        this.caller = invocation.caller();
        this.startNanos = method.side().clock().nanoTime();
        this.span = method.side().tracing().call(method.remote(), to, context);
        this.wire = method.side()
                .transport()
                .request(
                        to.address(),
                        new Message(method.route(), span.context(context), invocation.request(), Lane.CALL));
    }

    /** Blocks the thread until the answer is there. An interrupt cancels the call at the other side as well. */
    @Nullable Object await() throws Exception {
        try {
            Object result = RpcWire.read(method.remote(), wire.get(), to.node().value());
            finished(null);
            return result;
        } catch (InterruptedException e) {
            wire.cancel(true);
            finished(new CallCancelledException(method.remote().name() + " was cancelled", e));
            throw e;
        } catch (Throwable e) {
            Throwable cause = cause(e);
            finished(cause);
            throw thrown(cause);
        }
    }

    private static Exception thrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return (Exception) cause;
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
        long now = method.side().clock().nanoTime();
        CallStatus status = CallStatus.of(error);
        method.timers().record(status, now - startNanos);
        load.end(now, now - startNanos, error instanceof HoldfastException && status != CallStatus.CANCELLED);
        span.end(status, error);
    }
}
