package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * Where the HTTP gateway listens: {@code holdfast.gateway}.
 *
 * @param host the interface
 * @param port the port
 * @param timeout how long a request may take
 * @param maxCriticality what a request may claim
 */
public record GatewayConfig(
        @Doc("The interface of the HTTP gateway.") @Default("127.0.0.1")
        String host,

        @Doc(
                "The port of the HTTP gateway; 0 takes a free one. The gateway opens when the program adds its first route.")
        @Default("0")
        int port,

        @Doc("The deadline of a request; all calls below it inherit what is left.") @Default("10s")
        Duration timeout,

        @Doc(
                "The highest class that a request may claim with the header X-Criticality; a higher claim counts as this one. A request without the header is CRITICAL, or this if it is lower.")
        @Default("critical")
        Criticality maxCriticality) {
    /**
     * Validates the bounds.
     *
     * @param host as the component
     * @param port as the component
     * @param timeout as the component
     * @param maxCriticality as the component
     * @throws IllegalArgumentException if one is passed
     */
    public GatewayConfig {
        Check.between("port", port, 0, 65_535);
        Check.positive("timeout", timeout);
    }
}
