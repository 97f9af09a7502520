package io.holdfast.rpc;

import io.holdfast.contract.RemoteMethod;
import io.holdfast.contract.ResultKind;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.RetryLedger;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** A method at its callee, for calls that came by a {@link Carrier}: decodes, runs it on any object of the class, encodes; traced and timed as a call of a service. Safe for use by many threads. */
public final class InvokedMethod {
    /**
     * What goes back.
     *
     * @param bytes for {@link Carrier} to bring
     * @param done whether the method returned; false if the bytes tell what it threw
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Answer(byte[] bytes, boolean done) {}

    private final RemoteMethod remote;
    private final MethodHandle body;
    private final ServerSide side;
    private final CallTimers timers;
    private final FailureLog failures;

    /**
     * Binds a method.
     *
     * @param remote the method
     * @param side the node's part
     * @throws io.holdfast.core.InvalidContractException if the contract's package is closed to this library
     */
    public InvokedMethod(RemoteMethod remote, ServerSide side) {
        this.remote = remote;
        this.body = ServedMethod.body(remote.method());
        this.side = side;
        this.timers = new CallTimers(side.telemetry().meters(), RpcMetric.SERVER_DURATION, remote.name());
        this.failures = new FailureLog(remote.name(), side.clock());
    }

    /**
     * Runs the method in the running {@link CallContext}, on this thread. A stage that it returns is waited for; an interrupt cancels it.
     *
     * @param target the object
     * @param arguments the encoded arguments
     * @return the result, or what it threw
     * @throws HoldfastException if that travels by itself
     * @throws InterruptedException if it threw that
     */
    @SuppressWarnings("try") // the scopes are the effect
    public Answer invoke(Object target, byte[] arguments) throws InterruptedException {
        long startNanos = side.clock().nanoTime();
        side.active().increment();
        RetryLedger ledger = new RetryLedger();
        CallContext came = CallContext.current();
        RpcSpan span = side.tracing().serve(remote, came);
        CallContext context = span.context(came).withLedger(ledger);
        CallStatus status = CallStatus.CANCELLED;
        Throwable thrown = null;
        try (CallContext.Scope scope = context.open();
                AutoCloseable current = span.open();
                AutoCloseable named = named(context.correlationId())) {
            byte[] result = run(target, arguments);
            status = CallStatus.OK;
            return new Answer(RpcWire.result(result), true);
        } catch (InterruptedException e) {
            thrown = e;
            throw e;
        } catch (Throwable e) {
            thrown = e;
            ThrownReply reply = ThrownReply.of(
                    remote, e, ledger.isExhausted(), came.correlationId(), failures, side.correlationIds());
            status = reply.status();
            if (reply.failure() != null) {
                throw reply.failure();
            }
            return new Answer(Objects.requireNonNull(reply.reply(), "a reply or a failure"), false);
        } finally {
            timers.record(status, side.clock().nanoTime() - startNanos);
            span.end(status, thrown);
            side.active().decrement();
        }
    }

    private byte[] run(Object target, byte[] arguments) throws Throwable {
        Object[] decoded = Objects.requireNonNull(remote.arguments().decode(arguments), "arguments are never null");
        Object result = body.invokeExact(target, decoded);
        if (remote.kind() != ResultKind.STAGE) {
            return remote.result().encode(result);
        } else if (result instanceof CompletionStage<?> stage) {
            return remote.result().encode(await(stage));
        }
        throw new NullPointerException("it returned null where its contract says CompletionStage");
    }

    private static AutoCloseable named(String correlationId) {
        return correlationId.isEmpty() ? () -> {} : MDC.putCloseable("correlation_id", correlationId);
    }

    private static @Nullable Object await(CompletionStage<?> stage) throws Throwable {
        CompletableFuture<?> future = stage.toCompletableFuture();
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
