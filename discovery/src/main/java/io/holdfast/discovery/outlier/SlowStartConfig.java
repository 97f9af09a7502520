package io.holdfast.discovery.outlier;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * How an instance that has just appeared, or has come back, gets its share by and by: {@code max(floor, (age / window) ^ (1 / aggression))} of it (Envoy, "Slow start mode").
 *
 * @param window how long it takes; zero switches it off
 * @param aggression how fast it begins
 * @param floor the share at the beginning
 */
@Doc(
        "Gives an instance that has just appeared its share of the calls by and by: max(floor, (age / window) ^ (1 / aggression)) of it. Not while half of the instances are new.")
public record SlowStartConfig(
        @Doc("How long until it has its full share; 0 switches it off.") @Default("10s")
        Duration window,

        @Doc("1 grows evenly, more grows faster at the beginning, less slower.") @Default("1")
        double aggression,

        @Doc("The part of its share that it gets at the beginning.") @Default("10%")
        double floor) {
    /** The defaults. */
    public static final SlowStartConfig DEFAULT = new SlowStartConfig(Duration.ofSeconds(10), 1, 0.1);

    /** A full share from the beginning. */
    public static final SlowStartConfig OFF = new SlowStartConfig(Duration.ZERO, 1, 0.1);

    /**
     * Validates the numbers.
     *
     * @param window zero or more
     * @param aggression above 0 to 100
     * @param floor 0 to 1
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public SlowStartConfig {
        Check.notNegative("window", window);
        Check.that(aggression > 0 && aggression <= 100, "aggression (%s) must be above 0 and at most 100", aggression);
        Check.ratio("floor", floor);
    }
}
