package io.holdfast.core.slo;

import io.holdfast.core.Check;
import io.holdfast.core.config.Doc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is wanted of one service.
 *
 * @param service the service
 * @param availability which share of its calls is to be answered
 * @param latency which share of its calls is to be answered in time
 */
public record SloConfig(
        @Doc("The service whose calls are counted, by every node that calls it.")
        String service,

        @Doc("Which share of the calls is to be answered, 50% to 99.999%.")
        Optional<Double> availability,

        @Doc("Which share of the calls is to be answered within which time.")
        Optional<Latency> latency) {
    /**
     * A share and a time.
     *
     * @param threshold the time
     * @param target the share
     */
    public record Latency(
            @Doc("A call that takes longer is bad even if it is answered.")
            Duration threshold,

            @Doc("Which share of the calls is to be answered within the threshold, 50% to 99.999%.")
            double target) {}

    /**
     * Validates the numbers.
     *
     * @param service a DNS label
     * @param availability 50 % to 99.999 %
     * @param latency 50 % to 99.999 % within more than zero
     * @throws IllegalArgumentException if a number is out of bounds, or nothing is wanted
     */
    public SloConfig {
        Check.label("service", service);
        Check.that(
                availability.isPresent() || latency.isPresent(),
                "slo of service %s wants nothing; set availability, latency or both",
                service);
        objectives(availability, latency);
    }

    /**
     * The same as objectives.
     *
     * @return one or two
     */
    public List<Objective> objectives() {
        return objectives(availability, latency);
    }

    private static List<Objective> objectives(Optional<Double> availability, Optional<Latency> latency) {
        List<Objective> wanted = new ArrayList<>();
        availability.map(Objective::availability).ifPresent(wanted::add);
        latency.map(value -> Objective.latency(value.target(), value.threshold()))
                .ifPresent(wanted::add);
        return List.copyOf(wanted);
    }
}
