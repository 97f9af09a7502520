package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * Numbers of the limit that only listens to failures (additive increase, multiplicative decrease: Chiu and Jain, 1989).
 *
 * @param backoffRatio what is left of the limit after a window with a drop
 * @param timeout from when on a window counts as one with a drop
 */
public record AimdConfig(
        @Doc("What is left of the limit after a window in which a call timed out or was refused for overload.")
        @Default("90%")
        double backoffRatio,

        @Doc("A window whose calls took longer than this on average counts like one with a timeout.") @Default("5s")
        Duration timeout) {
    /** A tenth less after a drop. */
    public static final AimdConfig DEFAULT = new AimdConfig(0.9, Duration.ofSeconds(5));

    /**
     * Validates the numbers.
     *
     * @param backoffRatio 50 % to below 100 %
     * @param timeout longer than zero
     * @throws IllegalArgumentException if one is out of bounds
     */
    public AimdConfig {
        Check.that(
                backoffRatio >= 0.5 && backoffRatio < 1,
                "backoff-ratio (%s) must be at least 50%% and below 100%%; at 100%% the limit would never fall",
                backoffRatio);
        Check.positive("timeout", timeout);
    }
}
