package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.core.config.Section;
import java.util.List;

/**
 * Whether a node lets things go wrong on purpose: {@code holdfast.chaos}.
 *
 * @param enabled whether experiments may run at all
 * @param allow which faults may be injected
 * @param maxExperiments how many run at once
 */
@Doc("Experiments that make calls or nodes fail on purpose; see docs/chaos.md.")
public record ChaosConfig(
        @Doc("Whether experiments may be started on this node at all.") @Default("false")
        boolean enabled,

        @Doc(
                "Which faults experiments may inject: latency, error, drop, pause, kill. A pause stops this process with SIGSTOP, a kill ends it with Runtime.halt; both only if named here.")
        @Default("latency, error, drop")
        List<FaultKind> allow,

        @Doc("How many experiments run on this node at once; a further one is refused.") @Default("4")
        int maxExperiments) {
    /** Where it stands. */
    public static final Section<ChaosConfig> SECTION = Section.of("holdfast.chaos", ChaosConfig.class);

    /** No experiments. */
    public static final ChaosConfig OFF =
            new ChaosConfig(false, List.of(FaultKind.LATENCY, FaultKind.ERROR, FaultKind.DROP), 4);

    /**
     * Validates the numbers.
     *
     * @param enabled as the component
     * @param allow as the component
     * @param maxExperiments 1 to 16
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public ChaosConfig {
        allow = List.copyOf(allow);
        Check.between("max-experiments", maxExperiments, 1, 16);
    }

    /**
     * Experiments with these faults, four at once.
     *
     * @param kinds which faults may be injected
     * @return the configuration
     */
    public static ChaosConfig allowing(FaultKind... kinds) {
        return new ChaosConfig(true, List.of(kinds), 4);
    }
}
