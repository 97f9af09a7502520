package io.holdfast.gateway;

import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.call.TraceContext;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.rpc.CorrelationIds;
import io.holdfast.rpc.RpcSpan;
import io.holdfast.rpc.RpcTracing;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs the gateway's handlers in a call context that the request gives: deadline, correlation id, W3C trace and baggage. Safe for use by many threads. */
public final class GatewayCalls {
    /** The header by which a caller names a request, and by which the answer names it back. */
    public static final String CORRELATION_HEADER = "X-Correlation-Id";

    /** The header by which a caller says how much a request matters: {@code sheddable}, {@code sheddable-plus}, {@code critical} or {@code critical-plus}. */
    public static final String CRITICALITY_HEADER = "X-Criticality";

    private static final Pattern TRACEPARENT =
            Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
    private static final Pattern CORRELATION = Pattern.compile("[!-~]{1,128}");

    private final MonotonicClock clock;
    private final Duration timeout;
    private final Criticality maxCriticality;
    private final Executor handlers;
    private final CorrelationIds correlationIds;
    private final RpcTracing tracing;

    /**
     * Makes the runner.
     *
     * @param clock for deadlines
     * @param timeout how long a request may take
     * @param maxCriticality the highest class that a request may claim
     * @param handlers runs the handlers, up to its bound
     * @param correlationIds names requests that have no name
     * @param tracing makes the spans
     */
    public GatewayCalls(
            MonotonicClock clock,
            Duration timeout,
            Criticality maxCriticality,
            Executor handlers,
            CorrelationIds correlationIds,
            RpcTracing tracing) {
        this.clock = clock;
        this.timeout = timeout;
        this.maxCriticality = maxCriticality;
        this.handlers = handlers;
        this.correlationIds = correlationIds;
        this.tracing = tracing;
    }

    HttpHandler around(String pattern, HttpHandler handler) {
        return request -> {
            CallContext incoming = CallContext.EMPTY
                    .withDeadline(Deadline.after(clock.nanoTime(), timeout))
                    .withCriticality(criticality(request))
                    .withTrace(traceOf(request))
                    .withBaggage(BaggageHeader.read(request.header("baggage").orElse("")));
            RpcSpan span = tracing.handle(request.method(), pattern, incoming);
            CallContext context = span.context(incoming);
            return new GatewayRequest(
                            pattern, handler, request, context.withCorrelationId(correlationId(request, context)), span)
                    .runOn(handlers, clock);
        };
    }

    /** What is no class is ignored, as other malformed headers are; what is above the bound counts as the bound, since whoever may claim the highest class for all crowds out the rest. */
    private Criticality criticality(HttpRequest request) {
        String claimed = request.header(CRITICALITY_HEADER).orElse("");
        Criticality wanted = CallContext.EMPTY.criticality();
        for (Criticality each : Criticality.values()) {
            if (each.name().replace('_', '-').equalsIgnoreCase(claimed)) {
                wanted = each;
            }
        }
        return wanted.compareTo(maxCriticality) > 0 ? maxCriticality : wanted;
    }

    private String correlationId(HttpRequest request, CallContext context) {
        return request.header(CORRELATION_HEADER)
                .filter(value -> CORRELATION.matcher(value).matches())
                .orElseGet(() -> context.trace().map(TraceContext::traceId).orElseGet(correlationIds::next));
    }

    private static @Nullable TraceContext traceOf(HttpRequest request) {
        return request.header("traceparent")
                .map(value -> traceOf(value, request.header("tracestate").orElse("")))
                .orElse(null);
    }

    /** A malformed header is ignored and a new trace begins (W3C Trace Context, section 4.3). */
    private static @Nullable TraceContext traceOf(String parent, String state) {
        Matcher matcher = TRACEPARENT.matcher(parent);
        boolean known = matcher.matches()
                && !parent.startsWith("ff")
                && (!parent.startsWith("00") || matcher.group(4) == null); // only later versions may say more
        if (!known) {
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
