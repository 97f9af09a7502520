package io.holdfast.rpc;

import io.holdfast.circuitbreaker.Instances;
import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.discovery.balance.Candidate;
import io.holdfast.discovery.outlier.Ended;
import io.holdfast.discovery.traffic.Route;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One request to one instance. Either {@link #await} or {@link #stage} takes its result, once. */
final class Attempt {
    private final ClientMethod method;
    private final ServiceInstance to;
    private final Candidate candidate;
    private final CallContext caller;
    private final Deadline deadline;
    private final Route route;
    private final @Nullable Instances instances;
    private final long delayNanos;
    private final long startNanos;
    private final RpcSpan span;
    private final CompletableFuture<byte[]> wire;

    /** Sends the request; later if it is to be late. */
    Attempt(ClientMethod method, Candidate candidate, Invocation invocation, Duration delay) {
        this.method = method;
        this.to = candidate.instance();
        this.candidate = candidate;
        this.route = invocation.route();
        this.instances = method.instances();
        this.delayNanos = delay.toNanos();
        invocation.tried(candidate);
        candidate.load().begin();
        CallContext context = CallContext.current(); // bounded by the call's deadline and by a policy's timeout
        this.caller = invocation.caller();
        this.deadline = context.deadline();
        this.startNanos = method.side().clock().nanoTime();
        this.span = method.side().tracing().call(method.remote(), to, context);
        Message message = new Message(method.route(), span.context(context), invocation.request(), Lane.CALL);
        this.wire = delay.isZero()
                ? method.side().transport().request(to.address(), message)
                : DelayedRequest.send(method.side(), to.address(), message, delay);
    }

    NodeId to() {
        return to.node();
    }

    /** Blocks the thread until the answer is there. An interrupt cancels the call at the other side as well. */
    @Nullable Object await() throws Exception {
        try {
            Object result = RpcWire.read(method.remote(), wire.get(), "node " + to.node());
            finished(null);
            return result;
        } catch (InterruptedException e) {
            wire.cancel(true);
            finished(new CallCancelledException(method.remote().name() + " was cancelled", e));
            throw e;
        } catch (Throwable e) {
            Throwable cause = CallFailures.cause(method.remote(), e);
            finished(cause);
            throw CallFailures.thrown(cause);
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
        Throwable failure = error == null ? null : CallFailures.cause(method.remote(), error);
        Object value = null;
        if (reply != null) {
            try {
                value = RpcWire.read(method.remote(), reply, "node " + to.node());
            } catch (Throwable e) {
                failure = e;
            }
        }
        finished(failure);
        try (CallContext.Scope scope = caller.open()) {
            listener.accept(value, failure);
        }
    }

    private void finished(@Nullable Throwable error) {
        long now = method.side().clock().nanoTime();
        CallStatus status = CallStatus.of(error);
        method.timers().record(status, now - startNanos);
        long latency = Math.max(0, now - startNanos - delayNanos);
        Ended tells = tells(status, now);
        boolean failed = tells == Ended.FAILED || status == CallStatus.OVERLOADED;
        candidate.load().end(now, latency, failed);
        method.traffic().ended(route, candidate, tells, latency, now);
        if (instances != null) {
            instances.ended(to.node().value(), latency, spokenOf(error, status, tells));
        }
        span.end(status, error);
    }

    /** A policy that gives up cancels: that is a failure if the time was over, and says nothing if not. What was late on purpose speaks against nobody. */
    private Ended tells(CallStatus status, long nowNanos) {
        Ended tells = status == CallStatus.CANCELLED && deadline.isExpired(nowNanos) ? Ended.FAILED : status.tells();
        return tells == Ended.FAILED && delayNanos > 0 ? Ended.SILENT : tells;
    }

    /** What a policy cancelled because its time was over has failed by being slow. */
    private @Nullable Throwable spokenOf(@Nullable Throwable error, CallStatus status, Ended tells) {
        return status == CallStatus.CANCELLED && tells == Ended.FAILED
                ? new DeadlineExceededException(method.remote().name() + " was not answered in time", error)
                : error;
    }
}
