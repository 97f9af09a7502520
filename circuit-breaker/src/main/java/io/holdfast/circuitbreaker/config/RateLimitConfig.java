package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * How many calls begin in a period. A call beyond is refused at once with the time until the next period.
 *
 * @param limit how many calls begin in a period
 * @param period how long a period is
 * @param scope whether the limit is that of one node or of the whole cluster
 * @param partition what nodes do with a limit of the whole cluster while they do not see all members
 */
public record RateLimitConfig(
        @Doc("How many calls may begin in a period; a further one is refused.")
        int limit,

        @Doc("How long a period is.") @Default("1s") Duration period,

        @Doc("Whether each node may begin so many calls (node), or all nodes of the cluster together (cluster).")
        @Default("node")
        Scope scope,

        @Doc(
                "With scope cluster, what a side of a partition uses: the whole limit (available), or its part of it by members (strict).")
        @Default("available")
        PartitionMode partition) {
    /**
     * Validates the numbers.
     *
     * @param limit 1 to 100,000,000
     * @param period longer than zero
     * @param scope as the component
     * @param partition as the component
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public RateLimitConfig {
        Check.between("limit", limit, 1, 100_000_000);
        Check.positive("period", period);
    }

    /**
     * A limit of each node for itself.
     *
     * @param limit 1 to 100,000,000
     * @param period longer than zero
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public RateLimitConfig(int limit, Duration period) {
        this(limit, period, Scope.NODE, PartitionMode.AVAILABLE);
    }

    /**
     * The same limit for all nodes of the cluster together.
     *
     * @param value what nodes do while they do not see all members
     * @return a copy
     */
    public RateLimitConfig ofCluster(PartitionMode value) {
        return new RateLimitConfig(limit, period, Scope.CLUSTER, value);
    }

    /**
     * The limit as a rate.
     *
     * @return calls a second
     */
    public double perSecond() {
        return limit * 1e9 / period.toNanos();
    }
}
