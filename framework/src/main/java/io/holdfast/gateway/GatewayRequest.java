package io.holdfast.gateway;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.rpc.RpcSpan;
import io.holdfast.rpc.StoppableWork;
import io.holdfast.service.RemoteServiceException;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** One request on its way through a handler, answered once. When nobody waits for the answer any more, the handler's thread is interrupted, or the future that it returned cancelled. */
final class GatewayRequest {
    private static final Logger log = LoggerFactory.getLogger(GatewayRequest.class);

    /** What the HTTP server has told the client by then. */
    private static final int HANDLER_TIMEOUT = 503;

    /** Nobody was told; proxies log it under this number. */
    private static final int CLIENT_GONE = 499;

    private final String pattern;
    private final HttpHandler handler;
    private final HttpRequest request;
    private final CallContext context;
    private final RpcSpan span;
    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final StoppableWork work = new StoppableWork();

    /**
     * Begins with a request.
     *
     * @param pattern the route's pattern
     * @param handler the route's handler
     * @param request what came
     * @param context what the handler's calls inherit
     * @param span covers the handling
     */
    GatewayRequest(String pattern, HttpHandler handler, HttpRequest request, CallContext context, RpcSpan span) {
        this.pattern = pattern;
        this.handler = handler;
        this.request = request;
        this.context = context;
        this.span = span;
    }

    /** The answer ends the span, whoever gives it: the HTTP server cancels it when it has told the client itself or the client has gone. */
    CompletableFuture<HttpResponse> runOn(Executor handlers, MonotonicClock clock) {
        answer.whenComplete((response, given) -> {
            boolean late = context.deadline().isExpired(clock.nanoTime());
            span.end(response != null ? response.status() : late ? HANDLER_TIMEOUT : CLIENT_GONE);
            if (given != null) {
                work.stop();
            }
        });
        try {
            handlers.execute(context.wrap(this::run));
        } catch (RejectedExecutionException e) {
            complete(HttpResponse.ofFailure(new OverloadedException(
                    "as many calls run as may (holdfast.server.max-concurrent); slow down or add a node",
                    Duration.ofSeconds(1))));
        }
        return answer;
    }

    @SuppressWarnings("try") // the scope is the effect
    private void run() {
        if (!work.begin()) {
            return;
        }
        MDC.put("correlation_id", context.correlationId());
        try (AutoCloseable current = span.open()) {
            CompletionStage<HttpResponse> stage = handler.handle(request);
            if (stage == null) {
                throw new NullPointerException("the handler returned null where a stage belongs");
            }
            work.await(stage);
            stage.whenComplete(this::complete);
        } catch (Throwable e) { // an Error, too, has somebody who waits for an answer
            complete(null, e);
        } finally {
            MDC.remove("correlation_id");
            work.end();
        }
    }

    private void complete(@Nullable HttpResponse response, @Nullable Throwable error) {
        if (response != null) {
            complete(response);
        } else {
            complete(failure(
                    error != null ? error : new NullPointerException("the handler's stage completed with null")));
        }
    }

    private HttpResponse failure(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        String id = context.correlationId();
        if (cause instanceof HoldfastException || answer.isCancelled()) { // whom it was for has been told, or has gone
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
        return HttpResponse.ofFailure(cause);
    }

    private void complete(HttpResponse response) {
        answer.complete(response.withHeader(GatewayCalls.CORRELATION_HEADER, context.correlationId()));
    }
}
