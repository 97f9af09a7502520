package io.holdfast.rpc;

import io.holdfast.core.CallCancelledException;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.call.RetryLedger;
import io.holdfast.core.security.Principal;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One call at the service: decodes, runs the method in the caller's context, answers once. When nobody waits any more it interrupts the thread that runs the method, or cancels
 * the future that the method returned.
 */
final class ServedCall implements Runnable {
    private final ServiceServer server;
    private final ServedMethod method;
    private final Exchange exchange;
    private final long startNanos;
    private final boolean admitted;
    private final RpcSpan span;
    private final RetryLedger ledger = new RetryLedger();

    private final StoppableWork work = new StoppableWork();

    private @Nullable CallStatus givenUp; // guarded by this; why nobody waits any more, null while somebody does

    ServedCall(ServiceServer server, ServedMethod method, Exchange exchange, long startNanos, boolean admitted) {
        this.server = server;
        this.method = method;
        this.exchange = exchange;
        this.startNanos = startNanos;
        this.admitted = admitted;
        this.span = server.tracing().serve(method.remote(), exchange.request());
        exchange.onCancel(this::cancel);
    }

    @Override
    @SuppressWarnings("try") // the scopes are the effect
    public void run() {
        OverloadedException refusal = method.nonBlocking() ? null : waited();
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        CallStatus over = begin();
        if (over != null) {
            finish(over, null);
            return;
        }
        CallContext context = span.context(contextOf(exchange.request())).withLedger(ledger);
        try (CallContext.Scope scope = context.open();
                AutoCloseable current = span.open()) {
            if (context.correlationId().isEmpty()) {
                invoke();
            } else {
                MDC.put("correlation_id", context.correlationId());
                try {
                    invoke();
                } finally {
                    MDC.remove("correlation_id");
                }
            }
        } catch (Throwable e) {
            failed(e);
        } finally {
            work.end();
        }
    }

    /** Who calls is who the connection's certificate names, never who the message says; only a token is passed on for somebody else. */
    private static CallContext contextOf(Inbound request) {
        CallContext context = request.context();
        Principal claimed = context.principal().orElse(null);
        Principal proven = request.peer().principal();
        boolean token = claimed != null && claimed.source() == Principal.Source.TOKEN;
        return token || claimed == proven ? context : context.withPrincipal(proven);
    }

    private void invoke() throws Throwable {
        Object result = method.invoke(arguments());
        if (!method.returnsStage()) {
            succeeded(result);
        } else if (result instanceof CompletionStage<?> stage) {
            await(stage);
        } else {
            throw new NullPointerException("it returned null where its contract says CompletionStage");
        }
    }

    private Object[] arguments() {
        Object[] arguments = method.remote()
                .arguments()
                .decode(RpcWire.argumentsOf(exchange.request().payload()));
        return Objects.requireNonNull(arguments, "arguments are never null");
    }

    private void await(CompletionStage<?> stage) {
        work.await(stage);
        stage.whenComplete((value, error) -> {
            if (error == null) {
                succeededLater(value);
            } else {
                failed(error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
            }
        });
    }

    private void succeededLater(@Nullable Object value) {
        try {
            succeeded(value);
        } catch (Throwable e) { // an accessor may throw an Error, and no thread is left that would tell
            failed(e);
        }
    }

    private void succeeded(@Nullable Object value) {
        exchange.reply(RpcWire.result(method.remote().result().encode(value)));
        CallStatus over = givenUp();
        finish(over == null ? CallStatus.OK : over, null);
    }

    private void failed(Throwable error) {
        CallStatus over = givenUp();
        if (over != null) {
            finish(over, error);
            exchange.fail(stopped(over));
            return;
        }
        finish(server.answer(exchange, method, error, ledger.isExhausted()), error);
    }

    private HoldfastException stopped(CallStatus over) {
        String name = method.remote().name();
        return over == CallStatus.DEADLINE_EXCEEDED
                ? new DeadlineExceededException(name + " was stopped: its deadline passed")
                : new CallCancelledException(name + " was stopped: its caller gave up");
    }

    void refuse(HoldfastException reason) {
        exchange.fail(reason);
        finish(CallStatus.of(reason), reason);
    }

    private @Nullable OverloadedException waited() {
        return server.admission().begin(criticality(), startNanos, server.nanoTime());
    }

    private Criticality criticality() {
        return exchange.request().context().criticality();
    }

    private void finish(CallStatus status, @Nullable Throwable error) {
        long now = server.nanoTime();
        method.timers().record(status, now - startNanos);
        if (admitted) {
            server.admission().end(criticality(), status.outcome(), now - startNanos, now);
        }
        span.end(status, error);
        server.finished();
    }

    /** Null when the method may run, otherwise why it may not. */
    private synchronized @Nullable CallStatus begin() {
        if (givenUp != null) {
            return givenUp;
        }
        if (deadlinePassed()) {
            exchange.fail(new DeadlineExceededException(
                    method.remote().name() + " was not begun: its deadline passed while it waited for a thread"));
            return CallStatus.DEADLINE_EXCEEDED;
        }
        if (!method.nonBlocking()) {
            work.begin();
        }
        return null;
    }

    private boolean deadlinePassed() {
        return exchange.request().context().deadline().isExpired(server.nanoTime());
    }

    private synchronized @Nullable CallStatus givenUp() {
        return givenUp;
    }

    private void cancel() {
        synchronized (this) {
            givenUp = deadlinePassed() ? CallStatus.DEADLINE_EXCEEDED : CallStatus.CANCELLED;
        }
        work.stop();
    }
}
