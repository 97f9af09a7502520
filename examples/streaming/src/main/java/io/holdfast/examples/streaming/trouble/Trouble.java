package io.holdfast.examples.streaming.trouble;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * What is wrong with a service.
 *
 * @param latency how much longer each call takes
 * @param perSecond how many calls a second it can do; the others wait for their turn
 * @param failures which share of the calls fails
 */
public record Trouble(
        @Doc("How much longer each call takes.") @Default("0s")
        Duration latency,

        @Doc(
                "How many calls a second the service can do; the others wait for their turn, without end. 0 for any number.")
        @Default("0")
        int perSecond,

        @Doc("Which share of the calls fails.") @Default("0%")
        double failures) {
    static final Trouble NONE = new Trouble(Duration.ZERO, 0, 0);

    /**
     * Validates the numbers.
     *
     * @param latency zero or longer
     * @param perSecond 0 to 1,000,000
     * @param failures 0 to 1
     */
    public Trouble {
        Check.notNegative("latency", latency);
        Check.between("per-second", perSecond, 0, 1_000_000);
        Check.ratio("failures", failures);
    }
}
