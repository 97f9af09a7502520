package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.discovery.DiscoveryConfig;
import io.holdfast.discovery.swim.SwimConfig;
import java.time.Duration;

/**
 * How nodes find and watch each other: {@code holdfast.discovery}. Seeds and expectation stand in {@link NodeConfig}.
 *
 * @param seedRefresh how often seeds are looked up again
 * @param leaveTimeout how long a goodbye may spread
 * @param swim the numbers of SWIM
 */
public record GossipConfig(
        @Doc("How often seeds are looked up again.") @Default("5s")
        Duration seedRefresh,

        @Doc("How long a leaving node waits for its goodbye to spread.") @Default("2s")
        Duration leaveTimeout,

        @Doc("The numbers of SWIM and Lifeguard.") SwimConfig swim) {
    /**
     * Validates the durations.
     *
     * @param seedRefresh as the component
     * @param leaveTimeout as the component
     * @param swim as the component
     * @throws IllegalArgumentException if one is not positive
     */
    public GossipConfig {
        Check.positive("seed-refresh", seedRefresh);
        Check.positive("leave-timeout", leaveTimeout);
    }

    DiscoveryConfig of(NodeConfig node) {
        return new DiscoveryConfig(node.expect(), node.seeds(), seedRefresh, leaveTimeout, swim);
    }
}
