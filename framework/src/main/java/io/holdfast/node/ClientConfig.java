package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * How a node calls services: {@code holdfast.client}.
 *
 * @param timeout how long a call may take
 */
public record ClientConfig(
        @Doc(
                "How long a call may take, all attempts together, unless the deadline that the caller inherited is nearer.")
        @Default("5s")
        Duration timeout) {
    /**
     * Validates the timeout.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ClientConfig {
        Check.positive("timeout", timeout);
    }
}
