package io.holdfast.rpc;

import io.holdfast.contract.RemoteMethod;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.TraceContext;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.transport.Inbound;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;

/** Spans of calls by the OpenTelemetry conventions for RPC and HTTP, tied together by the W3C trace context that travels in {@link CallContext}. Safe for use by many threads. */
public final class RpcTracing {
    static final AttributeKey<String> STATUS = AttributeKey.stringKey("rpc.response.status_code");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    static final AttributeKey<Long> HTTP_STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system.name");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> HTTP_METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> HTTP_ROUTE = AttributeKey.stringKey("http.route");

    private final Tracer tracer;
    private final boolean enabled;

    /**
     * Makes the tracing of a node.
     *
     * @param tracer makes the spans; the no-op tracer costs nothing, not even an empty span
     */
    public RpcTracing(Tracer tracer) {
        this.tracer = tracer;
        this.enabled = tracer != TracerProvider.noop().get("");
    }

    RpcSpan serve(RemoteMethod method, Inbound request) {
        if (!enabled) {
            return RpcSpan.NONE;
        }
        return new RpcSpan(builder(method, SpanKind.SERVER, parent(request.context(), Context.root()))
                .setAttribute(ADDRESS, request.peer().address().host())
                .startSpan());
    }

    /** A call that came by another way than a connection of its own. */
    RpcSpan serve(RemoteMethod method, CallContext context) {
        return enabled
                ? new RpcSpan(builder(method, SpanKind.SERVER, parent(context, Context.root()))
                        .startSpan())
                : RpcSpan.NONE;
    }

    RpcSpan call(RemoteMethod method, ServiceInstance to, CallContext context) {
        if (!enabled) {
            return RpcSpan.NONE;
        }
        return new RpcSpan(caller(method, context)
                .setAttribute(ADDRESS, to.address().host())
                .setAttribute(PORT, (long) to.address().port())
                .startSpan());
    }

    /** A call whose callee is found on the way. */
    RpcSpan call(RemoteMethod method, CallContext context) {
        return enabled ? new RpcSpan(caller(method, context).startSpan()) : RpcSpan.NONE;
    }

    private SpanBuilder caller(RemoteMethod method, CallContext context) {
        Context current = Context.current();
        boolean own = Span.fromContext(current).getSpanContext().isValid();
        return builder(method, SpanKind.CLIENT, own ? current : parent(context, current));
    }

    /**
     * Begins the span of a request that the HTTP gateway handles.
     *
     * @param method the HTTP method
     * @param route the pattern of the path
     * @param context the trace that came with the request, if any
     * @return the span; end it with the status of the answer
     */
    public RpcSpan handle(String method, String route, CallContext context) {
        if (!enabled) {
            return RpcSpan.NONE;
        }
        return new RpcSpan(tracer.spanBuilder(method + " " + route)
                .setSpanKind(SpanKind.SERVER)
                .setParent(parent(context, Context.root()))
                .setAttribute(HTTP_METHOD, method)
                .setAttribute(HTTP_ROUTE, route)
                .startSpan());
    }

    private SpanBuilder builder(RemoteMethod method, SpanKind kind, Context parent) {
        return tracer.spanBuilder(method.name())
                .setSpanKind(kind)
                .setParent(parent)
                .setAttribute(SYSTEM, "holdfast")
                .setAttribute(METHOD, method.name());
    }

    private static Context parent(CallContext context, Context base) {
        TraceContext trace = context.trace().orElse(null);
        if (trace == null) {
            return base;
        }
        return base.with(Span.wrap(SpanContext.createFromRemoteParent(
                trace.traceId(), trace.spanId(), TraceFlags.fromByte((byte) trace.flags()), state(trace.state()))));
    }

    private static TraceState state(String header) {
        TraceStateBuilder state = TraceState.builder();
        for (String entry : header.split(",", 32)) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                state.put(
                        entry.substring(0, equals).trim(),
                        entry.substring(equals + 1).trim());
            }
        }
        return state.build();
    }
}
