package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes calls slow or fail on purpose, at the caller. They say nothing of the instances, and are not counted against them.
 *
 * @param latency how much later the answer comes
 * @param latencyShare for which share of the calls
 * @param error what the failure says
 * @param errorShare for which share of the calls
 */
public record RouteFaultConfig(
        @Doc("How much later a request is sent.") Optional<Duration> latency,

        @Doc("The share of the calls that is late.") @Default("100%")
        double latencyShare,

        @Doc("What the failure says; a call that fails is not sent.")
        Optional<String> error,

        @Doc("The share of the calls that fails.") @Default("100%")
        double errorShare) {
    /**
     * Validates the numbers.
     *
     * @param latency longer than zero
     * @param latencyShare 0 to 1
     * @param error 1 to 256 characters
     * @param errorShare 0 to 1
     * @throws IllegalArgumentException if one is out of bounds, or neither latency nor error is said
     */
    public RouteFaultConfig {
        Check.that(latency.isPresent() || error.isPresent(), "fault must say latency or error; leave it out for none");
        latency.ifPresent(value -> Check.positive("latency", value));
        error.ifPresent(value -> Check.that(
                !value.isEmpty() && value.length() <= 256,
                "error (%d characters) must have 1 to 256 characters",
                value.length()));
        Check.ratio("latency-share", latencyShare);
        Check.ratio("error-share", errorShare);
    }
}
