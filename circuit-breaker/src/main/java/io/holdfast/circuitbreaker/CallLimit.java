package io.holdfast.circuitbreaker;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How long calls may take in all, retries included, where that is known before they are made. The deadline of a caller may be nearer.
 *
 * @param longest the time, longer than zero
 * @param setting where it is set, for messages; for instance {@code holdfast.client.timeout}
 */
public record CallLimit(Duration longest, String setting) {
    /**
     * Checks the values.
     *
     * @param longest the time, longer than zero
     * @param setting where it is set
     * @throws IllegalArgumentException if the time is not longer than zero
     */
    public CallLimit {
        Check.positive("longest", longest);
    }
}
