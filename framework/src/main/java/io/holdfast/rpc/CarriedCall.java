package io.holdfast.rpc;

import io.holdfast.core.CallCancelledException;
import io.holdfast.core.call.CallContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One attempt of a call that somebody else carries. Either {@link #await} or {@link #start} begins it, once; cancelling the stage cancels the carrying. */
final class CarriedCall extends CompletableFuture<@Nullable Object> {
    private final CarriedMethod method;
    private final String callee;
    private final CallContext caller;
    private final long startNanos;
    private final RpcSpan span;
    private volatile @Nullable CompletableFuture<byte[]> carried;

    /** Begins the span; the running context is bounded by the call's deadline and by a policy's timeout. */
    CarriedCall(CarriedMethod method, String callee, CallContext caller) {
        this.method = method;
        this.callee = callee;
        this.caller = caller;
        this.startNanos = method.side().clock().nanoTime();
        this.span = method.side().tracing().call(method.remote(), CallContext.current());
    }

    private CompletableFuture<byte[]> send(Carrier carrier, byte[] arguments) {
        try {
            return carrier.send(method.remote().hash(), arguments, span.context(CallContext.current()))
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Blocks the thread until the answer is there. An interrupt cancels the call at the other side as well. */
    @Nullable Object await(Carrier carrier, byte[] arguments) throws Exception {
        CompletableFuture<byte[]> answer = send(carrier, arguments);
        try {
            Object result = RpcWire.read(method.remote(), answer.get(), callee);
            finished(null);
            return result;
        } catch (InterruptedException e) {
            answer.cancel(true);
            finished(new CallCancelledException(method.remote().name() + " was cancelled", e));
            throw e;
        } catch (Throwable e) {
            Throwable cause = CallFailures.cause(method.remote(), e);
            finished(cause);
            throw CallFailures.thrown(cause);
        }
    }

    /** The result on the carrier's thread, in the caller's context. */
    CarriedCall start(Carrier carrier, byte[] arguments) {
        CompletableFuture<byte[]> answer = send(carrier, arguments);
        carried = answer;
        if (isDone()) { // cancelled before the carrying could be seen
            answer.cancel(true);
        }
        answer.whenComplete(this::answered);
        return this;
    }

    private void answered(byte @Nullable [] reply, @Nullable Throwable error) {
        Throwable failure = error == null ? null : CallFailures.cause(method.remote(), error);
        Object value = null;
        if (reply != null) {
            try {
                value = RpcWire.read(method.remote(), reply, callee);
            } catch (Throwable e) {
                failure = e;
            }
        }
        finished(failure);
        Object result = value;
        Throwable thrown = failure;
        caller.run(() -> {
            if (thrown == null) {
                complete(result);
            } else {
                completeExceptionally(thrown);
            }
        });
    }

    private void finished(@Nullable Throwable error) {
        CallStatus status = CallStatus.of(error);
        method.timers().record(status, method.side().clock().nanoTime() - startNanos);
        span.end(status, error);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        boolean cancelled = super.cancel(mayInterrupt);
        CompletableFuture<byte[]> answer = carried;
        if (cancelled && answer != null) {
            answer.cancel(true);
        }
        return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
