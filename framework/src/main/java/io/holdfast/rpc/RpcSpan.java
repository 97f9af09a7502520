package io.holdfast.rpc;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The span of one call or gateway request, or nothing where no tracer is installed. Safe for use by many threads. */
public final class RpcSpan {
    /** No tracer is installed: whatever trace came in is passed on as it is. */
    static final RpcSpan NONE = new RpcSpan(null);

    private static final AutoCloseable NO_SCOPE = () -> {};

    private final @Nullable Span span;

    RpcSpan(@Nullable Span span) {
        this.span = span;
    }

    /**
     * The context with this span as the parent of what comes next.
     *
     * @param base the context of who called
     * @return the same context where there is no span
     */
    public CallContext context(CallContext base) {
        if (span == null) {
            return base;
        }
        SpanContext id = span.getSpanContext();
        if (!id.isValid()) {
            return base;
        }
        return base.withTrace(new TraceContext(
                id.getTraceId(), id.getSpanId(), id.getTraceFlags().asByte() & 0xff, stateOf(id)));
    }

    private static String stateOf(SpanContext id) {
        if (id.getTraceState().isEmpty()) {
            return "";
        }
        StringJoiner state = new StringJoiner(",");
        for (Map.Entry<String, String> entry : id.getTraceState().asMap().entrySet()) {
            state.add(entry.getKey() + "=" + entry.getValue());
        }
        return state.length() <= 512 ? state.toString() : "";
    }

    /**
     * Makes it the current span of the thread, for the user's own instrumentation.
     *
     * @return ends that, on the same thread
     */
    @SuppressWarnings("MustBeClosed") // the caller closes it
    public AutoCloseable open() {
        return span == null ? NO_SCOPE : span.makeCurrent();
    }

    /**
     * Ends the span of a gateway request.
     *
     * @param status the HTTP status of the answer
     */
    public void end(int status) {
        if (span == null) {
            return;
        }
        span.setAttribute(RpcTracing.HTTP_STATUS, (long) status);
        if (status >= 500) { // what the caller did wrong is no error of the server
            span.setAttribute(RpcTracing.ERROR, Integer.toString(status));
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }

    void end(CallStatus status, @Nullable Throwable error) {
        if (span == null) {
            return;
        }
        span.setAttribute(RpcTracing.STATUS, status.name());
        if (status != CallStatus.OK) {
            span.setAttribute(RpcTracing.ERROR, status.errorType());
            span.setStatus(
                    StatusCode.ERROR, error == null ? "" : error.getClass().getName());
        }
        span.end();
    }
}
