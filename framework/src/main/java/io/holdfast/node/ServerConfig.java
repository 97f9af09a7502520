package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * How a node serves calls: {@code holdfast.server}.
 *
 * @param maxConcurrent how many at once
 */
public record ServerConfig(
        @Doc(
                "How many calls and HTTP requests run at once; a further call is refused with OverloadedException before it begins.")
        @Default("1024")
        int maxConcurrent) {
    /**
     * Validates the bound.
     *
     * @param maxConcurrent as the component
     * @throws IllegalArgumentException if it is out of range
     */
    public ServerConfig {
        Check.between("max-concurrent", maxConcurrent, 1, 1_000_000);
    }
}
