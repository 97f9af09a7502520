package io.holdfast.discovery.traffic;

import io.holdfast.core.config.Doc;
import io.holdfast.core.config.Section;
import java.util.Map;

/**
 * The traffic policies of a node by service.
 *
 * @param traffic the policy of each service
 */
@Doc(
        "How this node's calls find their instance, by the name of the service. The defaults hold for a service that is not named.")
public record TrafficConfig(Map<String, TrafficPolicy> traffic) {
    /** Where they stand: {@code holdfast.traffic.<service>}. */
    public static final Section<TrafficConfig> SECTION = Section.of("holdfast", TrafficConfig.class);

    /**
     * Copies the map.
     *
     * @param traffic the policy of each service
     */
    public TrafficConfig {
        traffic = Map.copyOf(traffic);
    }
}
