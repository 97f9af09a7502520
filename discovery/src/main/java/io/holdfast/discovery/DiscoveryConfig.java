package io.holdfast.discovery;

import io.holdfast.core.Check;
import io.holdfast.discovery.seed.SeedSource;
import io.holdfast.discovery.swim.SwimConfig;
import java.time.Duration;
import java.util.List;

/**
 * How a node finds its cluster.
 *
 * @param expect how many nodes form a new cluster together; 1 means all that the seeds name, this node included
 * @param seeds where to look: {@code host:port}, {@code dns:name:port}, {@code srv:_service._tcp.name}, {@code file:/path}
 * @param seedRefresh how often seeds are looked up again
 * @param leaveTimeout how long {@link Discovery#close()} waits for its goodbye to spread
 * @param swim the numbers of the protocol
 */
public record DiscoveryConfig(
        int expect, List<String> seeds, Duration seedRefresh, Duration leaveTimeout, SwimConfig swim) {
    /**
     * Validates each option; a seed that does not parse is refused here.
     *
     * @param expect as the component
     * @param seeds as the component
     * @param seedRefresh as the component
     * @param leaveTimeout as the component
     * @param swim as the component
     * @throws IllegalArgumentException if one is out of bounds; the message names it and the remedy
     */
    public DiscoveryConfig {
        Check.between("expect", expect, 1, 1000);
        Check.positive("seedRefresh", seedRefresh);
        Check.positive("leaveTimeout", leaveTimeout);
        seeds = List.copyOf(seeds);
        seeds.forEach(SeedSource::parse);
    }

    /**
     * The defaults with the LAN preset: alone unless seeds are named.
     *
     * @return the preset
     */
    public static DiscoveryConfig lan() {
        return new DiscoveryConfig(1, List.of(), Duration.ofSeconds(5), Duration.ofSeconds(2), SwimConfig.lan());
    }

    /**
     * These options with other seeds.
     *
     * @param value the seeds
     * @return a copy
     */
    public DiscoveryConfig withSeeds(List<String> value) {
        return new DiscoveryConfig(expect, value, seedRefresh, leaveTimeout, swim);
    }

    /**
     * These options with another number of founders.
     *
     * @param value how many nodes form a new cluster together
     * @return a copy
     */
    public DiscoveryConfig withExpect(int value) {
        return new DiscoveryConfig(value, seeds, seedRefresh, leaveTimeout, swim);
    }

    /**
     * These options with other numbers of the protocol.
     *
     * @param value the numbers
     * @return a copy
     */
    public DiscoveryConfig withSwim(SwimConfig value) {
        return new DiscoveryConfig(expect, seeds, seedRefresh, leaveTimeout, value);
    }
}
