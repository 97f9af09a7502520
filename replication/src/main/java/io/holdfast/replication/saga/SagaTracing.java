package io.holdfast.replication.saga;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.TraceContext;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * One trace for the whole saga, over all nodes that run it: its history keeps the W3C traceparent of who started it, which is the parent of each attempt's span and of the span of the saga, made when it ends.
 * Safe for use by many threads.
 */
final class SagaTracing {
    private static final AttributeKey<String> SAGA = AttributeKey.stringKey("holdfast.saga.id");
    private static final AttributeKey<String> DEFINITION = AttributeKey.stringKey("holdfast.saga.definition");
    private static final AttributeKey<Long> VERSION = AttributeKey.longKey("holdfast.saga.version");
    private static final AttributeKey<String> STEP = AttributeKey.stringKey("holdfast.saga.step");
    private static final AttributeKey<String> DIRECTION = AttributeKey.stringKey("holdfast.saga.direction");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("holdfast.saga.attempt");
    private static final AttributeKey<String> KEY = AttributeKey.stringKey("holdfast.saga.idempotency_key");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("holdfast.saga.outcome");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private final Tracer tracer;
    private final boolean enabled;

    SagaTracing(Tracer tracer) {
        this.tracer = tracer;
        this.enabled = tracer != TracerProvider.noop().get("");
    }

    /** The traceparent for a saga that begins: that of who starts it, or one of its own. */
    String begin(SagaStart start) {
        if (!enabled || !start.trace().isEmpty()) {
            return start.trace();
        }
        Span span = tracer.spanBuilder("start saga " + start.definition())
                .setAttribute(SAGA, start.id())
                .setAttribute(DEFINITION, start.definition())
                .startSpan();
        span.end();
        return parent(span.getSpanContext());
    }

    /** The span of an attempt. */
    Span attempt(Invocation invocation) {
        if (!enabled) {
            return Span.getInvalid();
        }
        String name = invocation.plan().name() + "/" + invocation.step();
        return tracer.spanBuilder(invocation.direction() == Direction.DO ? name : "undo " + name)
                .setParent(context(invocation.trace()))
                .setAttribute(SAGA, invocation.saga())
                .setAttribute(DEFINITION, invocation.plan().name())
                .setAttribute(VERSION, (long) invocation.plan().version())
                .setAttribute(STEP, invocation.step())
                .setAttribute(DIRECTION, invocation.direction().name().toLowerCase(Locale.ROOT))
                .setAttribute(ATTEMPT, (long) invocation.attempt())
                .setAttribute(KEY, invocation.keys().own())
                .startSpan();
    }

    void failed(Span span, Throwable error) {
        span.setAttribute(ERROR, error.getClass().getName());
        span.setStatus(StatusCode.ERROR, Outcomes.brief(String.valueOf(error.getMessage())));
    }

    /** The span of a saga that has ended, from its start. */
    void ended(String id, SagaRecord.Ended end, String trace, long nowMillis) {
        if (!enabled) {
            return;
        }
        Span span = tracer.spanBuilder("saga " + end.definition())
                .setParent(context(trace))
                .setStartTimestamp(end.startedMillis(), TimeUnit.MILLISECONDS)
                .setAttribute(SAGA, id)
                .setAttribute(DEFINITION, end.definition())
                .setAttribute(VERSION, (long) end.version())
                .setAttribute(OUTCOME, end.outcome().name().toLowerCase(Locale.ROOT))
                .startSpan();
        if (end.outcome() == SagaRecord.Outcome.ABORTED) {
            span.setStatus(StatusCode.ERROR, end.detail());
        }
        span.end(nowMillis, TimeUnit.MILLISECONDS);
    }

    /** What a step's own calls travel with. */
    CallContext context(CallContext base, Span span, String trace) {
        String own = span.getSpanContext().isValid() ? parent(span.getSpanContext()) : trace;
        String[] parts = own.split("-", -1);
        if (parts.length != 4) {
            return base;
        }
        try {
            return base.withTrace(new TraceContext(parts[1], parts[2], HexFormat.fromHexDigits(parts[3]), ""));
        } catch (IllegalArgumentException noTraceparent) {
            return base;
        }
    }

    private static String parent(SpanContext id) {
        return "00-" + id.getTraceId() + "-" + id.getSpanId() + "-"
                + id.getTraceFlags().asHex();
    }

    private static Context context(String trace) {
        String[] parts = trace.split("-", -1);
        if (parts.length != 4 || parts[3].length() != 2) {
            return Context.root();
        }
        return Context.root()
                .with(Span.wrap(SpanContext.createFromRemoteParent(
                        parts[1], parts[2], TraceFlags.fromHex(parts[3], 0), TraceState.getDefault())));
    }
}
