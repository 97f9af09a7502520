package io.holdfast;

import io.holdfast.core.node.LaunchedNode;
import io.holdfast.core.telemetry.Telemetry;
import java.net.URI;
import java.time.Duration;

/** A running node. Safe for use by many threads. */
public interface HoldfastNode extends LaunchedNode {
    /**
     * The routes of this node's HTTP gateway. The gateway begins to listen with the first call of this method, on {@code holdfast.gateway.port}.
     *
     * @return the routes
     * @throws io.holdfast.core.UnavailableException if the port is taken
     */
    Routes http();

    /**
     * Where the gateway answers.
     *
     * @return the base URI
     * @throws IllegalStateException if {@link #http()} was not called yet
     */
    URI gateway();

    /**
     * Metrics, traces, health and decisions of this node.
     *
     * @return the telemetry
     */
    Telemetry telemetry();

    /**
     * Whether the node has joined and does not drain.
     *
     * @return what {@code /health/ready} says
     */
    boolean ready();

    /**
     * Waits until the node is ready.
     *
     * @param limit how long to wait
     * @return this
     * @throws io.holdfast.core.UnavailableException if it is not ready in time; the message says what is missing
     */
    HoldfastNode awaitReady(Duration limit);

    /** Waits until the node was closed, by {@link #close()} or by SIGTERM. */
    void awaitShutdown();
}
