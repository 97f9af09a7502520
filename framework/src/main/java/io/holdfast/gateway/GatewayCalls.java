package io.holdfast.gateway;

import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.TraceContext;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.rpc.CorrelationIds;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Runs the gateway's handlers in a call context that the request gives: deadline, correlation id, W3C trace. Safe for use by many threads. */
public final class GatewayCalls {
    /** The header by which a caller names a request, and by which the answer names it back. */
    public static final String CORRELATION_HEADER = "X-Correlation-Id";

    private static final Logger log = LoggerFactory.getLogger(GatewayCalls.class);
    private static final Pattern TRACEPARENT =
            Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
    private static final Pattern CORRELATION = Pattern.compile("[!-~]{1,128}");

    private final MonotonicClock clock;
    private final Duration timeout;
    private final Executor handlers;
    private final CorrelationIds correlationIds;

    /**
     * Makes the runner.
     *
     * @param clock for deadlines
     * @param timeout how long a request may take
     * @param handlers runs the handlers, up to its bound
     * @param correlationIds names requests that have no name
     */
    public GatewayCalls(MonotonicClock clock, Duration timeout, Executor handlers, CorrelationIds correlationIds) {
        this.clock = clock;
        this.timeout = timeout;
        this.handlers = handlers;
        this.correlationIds = correlationIds;
    }

    HttpHandler around(String pattern, HttpHandler handler) {
        return request -> {
            CallContext context = contextOf(request);
            CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
            try {
                handlers.execute(context.wrap(() -> run(pattern, handler, request, context, answer)));
            } catch (RejectedExecutionException e) {
                answer.complete(HttpResponse.ofFailure(new OverloadedException(
                        "as many calls run as may (holdfast.server.max-concurrent); slow down or add a node",
                        Duration.ofSeconds(1))));
            }
            return answer;
        };
    }

    private static void run(
            String pattern,
            HttpHandler handler,
            HttpRequest request,
            CallContext context,
            CompletableFuture<HttpResponse> answer) {
        MDC.put("correlation_id", context.correlationId());
        try {
            handler.handle(request)
                    .whenComplete((response, error) ->
                            answer.complete(named(response, error, pattern, context.correlationId())));
        } catch (RuntimeException | StackOverflowError e) {
            answer.complete(named(null, e, pattern, context.correlationId()));
        } finally {
            MDC.remove("correlation_id");
        }
    }

    private static HttpResponse named(
            @Nullable HttpResponse response, @Nullable Throwable error, String pattern, String correlationId) {
        HttpResponse answer = response;
        if (answer == null) {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            if (cause instanceof HoldfastException) {
                log.debug("{} failed, correlation id {}", pattern, correlationId, cause);
            } else {
                log.warn("{} failed, correlation id {}", pattern, correlationId, cause);
            }
            answer = HttpResponse.ofFailure(
                    cause == null ? new NullPointerException("the handler of " + pattern + " returned null") : cause);
        }
        return answer.withHeader(CORRELATION_HEADER, correlationId);
    }

    private CallContext contextOf(HttpRequest request) {
        CallContext context = CallContext.EMPTY.withDeadline(Deadline.after(clock.nanoTime(), timeout));
        TraceContext trace = request.header("traceparent")
                .map(value -> traceOf(value, request.header("tracestate").orElse("")))
                .orElse(null);
        String id = request.header(CORRELATION_HEADER)
                .filter(value -> CORRELATION.matcher(value).matches())
                .orElseGet(() -> trace != null ? trace.traceId() : correlationIds.next());
        return context.withCorrelationId(id).withTrace(trace);
    }

    /** A malformed header is ignored and a new trace begins (W3C Trace Context, section 4.3). */
    private static @Nullable TraceContext traceOf(String parent, String state) {
        Matcher matcher = TRACEPARENT.matcher(parent);
        if (!matcher.matches() || parent.startsWith("ff")) {
            return null;
        }
        try {
            return new TraceContext(
                    matcher.group(1),
                    matcher.group(2),
                    Integer.parseInt(matcher.group(3), 16),
                    state.length() <= 512 ? state : "");
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
