package io.holdfast.discovery.balance;

import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.discovery.outlier.Standing;

/**
 * An instance and its load as this node sees it.
 *
 * @param instance the instance
 * @param load what this node's calls of one method tell
 * @param standing what all its calls tell of the instance
 * @param probe whether it was out, and is tried with one call at a time
 */
public record Candidate(ServiceInstance instance, Load load, Standing standing, boolean probe) {
    /** Calls under way for its weight, a heavier instance may have more; and for its warmth, or an idle new one would be the least loaded until it has as many as the others. */
    double pressure(long nowNanos) {
        return (load.outstanding() / standing.warmth(nowNanos) + 1.0) / instance.weight();
    }

    /** The expected wait for its weight: latency times calls under way (Finagle, PeakEwma). */
    double cost(long nowNanos) {
        return load.cost(nowNanos) / instance.weight();
    }
}
