package io.holdfast.rpc;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import java.time.Duration;

/**
 * What the clients of a node share.
 *
 * @param node the node
 * @param transport carries the calls
 * @param directory knows who serves what
 * @param clock times them
 * @param telemetry where metrics and decisions go
 * @param tracing makes the spans
 * @param timeout how long a call may take, all attempts together
 */
public record ClientSide(
        NodeId node,
        Transport transport,
        ServiceDirectory directory,
        MonotonicClock clock,
        Telemetry telemetry,
        RpcTracing tracing,
        Duration timeout) {}
