package io.holdfast.core.slo;

import io.holdfast.core.Check;
import io.holdfast.core.config.Doc;
import io.holdfast.core.config.Section;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The objectives of a node by name.
 *
 * @param slo what is wanted of each service
 */
@Doc(
        "Objectives by name: what is wanted of a service's calls, how fast the budget for bad ones is spent, and when to alert; see docs/slo.md.")
public record SlosConfig(Map<String, SloConfig> slo) {
    /** Where they stand: {@code holdfast.slo.<name>}. */
    public static final Section<SlosConfig> SECTION = Section.of("holdfast", SlosConfig.class);

    /** At most so many: each objective keeps about 50 KB. */
    public static final int MAX = 64;

    /** Nothing is wanted. */
    public static final SlosConfig NONE = new SlosConfig(Map.of());

    /**
     * Copies the map, in the order of the names.
     *
     * @param slo what is wanted of each service, at most {@link #MAX}
     * @throws IllegalArgumentException if a name is no DNS label, there are too many, or two are for one service
     */
    public SlosConfig {
        Check.that(slo.size() <= MAX, "holdfast.slo has %s names; at most %s", slo.size(), MAX);
        Map<String, String> services = new HashMap<>();
        slo.forEach((name, wanted) -> {
            Check.label("slo", name);
            String other = services.put(wanted.service(), name);
            Check.that(
                    other == null,
                    "slo %s is for service %s, and so is slo %s; write both into one",
                    name,
                    wanted.service(),
                    other);
        });
        slo = Collections.unmodifiableMap(new TreeMap<>(slo));
    }

    /**
     * The objectives of each service.
     *
     * @return by service, in the order of the names
     */
    public Map<String, List<Objective>> objectives() {
        Map<String, List<Objective>> wanted = new LinkedHashMap<>();
        slo.values().forEach(one -> wanted.put(one.service(), one.objectives()));
        return wanted;
    }
}
