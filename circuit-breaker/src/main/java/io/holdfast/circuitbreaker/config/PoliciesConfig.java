package io.holdfast.circuitbreaker.config;

import io.holdfast.core.config.Doc;
import io.holdfast.core.config.Section;
import java.util.Map;

/**
 * The policies of a node by name.
 *
 * @param policies the numbers of each policy
 */
@Doc("Resilience policies by name. Annotations and code name a policy; its numbers stand here and win.")
public record PoliciesConfig(Map<String, PolicyConfig> policies) {
    /** Where they stand: {@code holdfast.policies.<name>}. */
    public static final Section<PoliciesConfig> SECTION = Section.of("holdfast", PoliciesConfig.class);

    /**
     * Copies the map.
     *
     * @param policies the numbers of each policy
     */
    public PoliciesConfig {
        policies = Map.copyOf(policies);
    }
}
