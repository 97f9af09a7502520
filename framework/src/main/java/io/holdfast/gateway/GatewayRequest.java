package io.holdfast.gateway;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.CallContext;
import io.holdfast.rpc.RpcSpan;
import io.holdfast.service.RemoteServiceException;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One request on its way through a handler, answered once.
 *
 * @param pattern the route's pattern
 * @param handler the route's handler
 * @param request what came
 * @param context what the handler's calls inherit
 * @param span covers the handling
 * @param answer what the HTTP server waits for
 */
record GatewayRequest(
        String pattern,
        HttpHandler handler,
        HttpRequest request,
        CallContext context,
        RpcSpan span,
        CompletableFuture<HttpResponse> answer) {
    private static final Logger log = LoggerFactory.getLogger(GatewayRequest.class);

    void runOn(Executor handlers) {
        try {
            handlers.execute(context.wrap(this::run));
        } catch (RejectedExecutionException e) {
            complete(HttpResponse.ofFailure(new OverloadedException(
                    "as many calls run as may (holdfast.server.max-concurrent); slow down or add a node",
                    Duration.ofSeconds(1))));
        }
    }

    @SuppressWarnings("try") // the scope is the effect
    private void run() {
        MDC.put("correlation_id", context.correlationId());
        try (AutoCloseable current = span.open()) {
            handler.handle(request).whenComplete((response, error) -> complete(response, error));
        } catch (Throwable e) { // an Error, too, has somebody who waits for an answer
            complete(null, e);
        } finally {
            MDC.remove("correlation_id");
        }
    }

    private void complete(@Nullable HttpResponse response, @Nullable Throwable error) {
        complete(response == null ? failure(error) : response);
    }

    private HttpResponse failure(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        String id = context.correlationId();
        if (cause instanceof HoldfastException) {
            log.debug("{} failed, correlation id {}", pattern, id, cause);
        } else {
            log.warn("{} failed, correlation id {}", pattern, id, cause);
        }
        if (cause instanceof RemoteServiceException) { // its message is the service's own and not for the edge
            return HttpResponse.problem(
                    502,
                    "unknown-outcome",
                    "Outcome unknown",
                    "a service failed; the log says how under correlation id " + id);
        }
        return HttpResponse.ofFailure(
                cause == null ? new NullPointerException("the handler of " + pattern + " returned null") : cause);
    }

    private void complete(HttpResponse response) {
        span.end(response.status());
        answer.complete(response.withHeader(GatewayCalls.CORRELATION_HEADER, context.correlationId()));
    }
}
