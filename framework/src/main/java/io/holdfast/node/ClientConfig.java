package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.discovery.balance.BalancePolicy;
import java.time.Duration;

/**
 * How a node calls services: {@code holdfast.client}.
 *
 * @param timeout how long a call may take
 * @param balance how an instance is chosen
 */
public record ClientConfig(
        @Doc(
                "How long a call may take, all attempts together, unless the deadline that the caller inherited is nearer.")
        @Default("5s")
        Duration timeout,

        @Doc("How an instance is chosen: p2c-peak-ewma, least-outstanding, round-robin, weighted or random.")
        @Default("p2c-peak-ewma")
        BalancePolicy balance) {
    /**
     * Validates the timeout.
     *
     * @param timeout as the component
     * @param balance as the component
     * @throws IllegalArgumentException if it is not positive
     */
    public ClientConfig {
        Check.positive("timeout", timeout);
    }
}
