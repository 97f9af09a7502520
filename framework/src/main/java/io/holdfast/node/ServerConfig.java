package io.holdfast.node;

import io.holdfast.circuitbreaker.config.AdmissionConfig;
import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * How a node serves calls: {@code holdfast.server}.
 *
 * @param maxConcurrent how many at once
 * @param admission when calls are refused under overload
 */
public record ServerConfig(
        @Doc(
                "How many calls and HTTP requests run at once; a further call is refused with OverloadedException before it begins.")
        @Default("1024")
        int maxConcurrent,

        @Doc("Which calls are refused under overload, lowest criticality first.")
        AdmissionConfig admission) {
    /**
     * Validates the bound.
     *
     * @param maxConcurrent as the component
     * @param admission as the component
     * @throws IllegalArgumentException if it is out of range
     */
    public ServerConfig {
        Check.between("max-concurrent", maxConcurrent, 1, 1_000_000);
    }
}
