package io.holdfast.rpc;

import io.holdfast.circuitbreaker.Policies;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.Scheduler;
import io.holdfast.core.slo.SloBook;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.discovery.traffic.TrafficPolicies;
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
 * @param policies what stands around the calls
 * @param traffic how an instance is chosen, and what else happens on the way
 * @param scheduler sends late what is to be late
 * @param slos what is wanted of the services
 * @param timeout how long a call may take, all attempts together
 */
public record ClientSide(
        NodeId node,
        Transport transport,
        ServiceDirectory directory,
        MonotonicClock clock,
        Telemetry telemetry,
        RpcTracing tracing,
        Policies policies,
        TrafficPolicies traffic,
        Scheduler scheduler,
        SloBook slos,
        Duration timeout) {}
