package io.holdfast.rpc;

import io.holdfast.circuitbreaker.overload.Admission;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the servers of a node share.
 *
 * @param node the node
 * @param transport carries the calls
 * @param clock times them
 * @param handlers runs the methods, up to its bound
 * @param maxConcurrent that bound, for messages
 * @param admission decides whether a call may begin
 * @param telemetry where metrics go
 * @param tracing makes the spans
 * @param correlationIds names failures that have no id
 * @param active counts the calls under way
 * @param arrivals counts the calls that came
 */
public record ServerSide(
        NodeId node,
        Transport transport,
        MonotonicClock clock,
        Executor handlers,
        int maxConcurrent,
        Admission admission,
        Telemetry telemetry,
        RpcTracing tracing,
        CorrelationIds correlationIds,
        LongAdder active,
        LongAdder arrivals) {}
