package io.holdfast.rpc;

import io.holdfast.core.CallCancelledException;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.security.Principal;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
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
    private final RpcSpan span;

    private @Nullable Thread runner; // guarded by this
    private @Nullable CompletableFuture<?> pending; // guarded by this
    private boolean cancelled; // guarded by this
    private boolean interrupted; // guarded by this

    ServedCall(ServiceServer server, ServedMethod method, Exchange exchange, long startNanos) {
        this.server = server;
        this.method = method;
        this.exchange = exchange;
        this.startNanos = startNanos;
        this.span = server.tracing().serve(method.remote(), exchange.request());
        exchange.onCancel(this::cancel);
    }

    @Override
    @SuppressWarnings("try") // the scopes are the effect
    public void run() {
        if (!begin()) {
            finish(CallStatus.CANCELLED, null);
            return;
        }
        CallContext context = span.context(contextOf(exchange.request()));
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
            end();
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
        if (stage instanceof CompletableFuture<?> future) {
            synchronized (this) {
                pending = future;
                if (cancelled) {
                    future.cancel(true);
                }
            }
        }
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
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void succeeded(@Nullable Object value) {
        exchange.reply(RpcWire.result(method.remote().result().encode(value)));
        finish(CallStatus.OK, null);
    }

    private void failed(Throwable error) {
        if (wasCancelled()) {
            finish(CallStatus.CANCELLED, error);
            exchange.fail(new CallCancelledException(method.remote().name() + " was stopped: its caller gave up"));
            return;
        }
        finish(server.answer(exchange, method, error), error);
    }

    void refuse(HoldfastException reason) {
        exchange.fail(reason);
        finish(CallStatus.of(reason), reason);
    }

    private void finish(CallStatus status, @Nullable Throwable error) {
        method.timers().record(status, server.nanoTime() - startNanos);
        span.end(status, error);
        server.finished();
    }

    private synchronized boolean begin() {
        if (cancelled) {
            return false;
        }
        if (exchange.request().context().deadline().isExpired(server.nanoTime())) {
            exchange.fail(new DeadlineExceededException(
                    method.remote().name() + " was not begun: its deadline passed while it waited for a thread"));
            return false;
        }
        if (!method.nonBlocking()) {
            runner = Thread.currentThread();
        }
        return true;
    }

    private synchronized void end() {
        runner = null;
        if (interrupted) {
            Thread.interrupted(); // ours, not the pool's
        }
    }

    private synchronized boolean wasCancelled() {
        return cancelled;
    }

    private synchronized void cancel() {
        cancelled = true;
        if (runner != null) {
            interrupted = true;
            runner.interrupt();
        }
        if (pending != null) {
            pending.cancel(true);
        }
    }
}
