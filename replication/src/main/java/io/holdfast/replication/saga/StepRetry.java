package io.holdfast.replication.saga;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How often a step is tried, and how long to wait between. The wait doubles with each failure, and up to a fifth of it is taken off by a hash of saga and step, so that many sagas do not come back at once.
 *
 * @param attempts how many failures there may be, 1 to 1,000; attempts that were lost with their node do not count
 * @param firstWait the wait after the first failure
 * @param longestWait no wait is longer, unless the failure asks for it
 */
public record StepRetry(int attempts, Duration firstWait, Duration longestWait) {
    /**
     * Validates the bounds.
     *
     * @param attempts as the component
     * @param firstWait as the component
     * @param longestWait as the component
     * @throws IllegalArgumentException if one is out of bounds
     */
    public StepRetry {
        Check.between("attempts of a step", attempts, 1, 1000);
        Check.positive("firstWait of a step", firstWait);
        Check.that(
                longestWait.compareTo(firstWait) >= 0 && longestWait.compareTo(Duration.ofDays(1)) <= 0,
                "longestWait (%s) must be from firstWait (%s) to one day",
                longestWait,
                firstWait);
    }

    /**
     * For steps: 5 attempts, 100 ms to 10 s apart.
     *
     * @return the policy
     */
    public static StepRetry standard() {
        return new StepRetry(5, Duration.ofMillis(100), Duration.ofSeconds(10));
    }

    /**
     * For compensations: 20 attempts, 100 ms to 30 s apart, six minutes in all; then the saga parks.
     *
     * @return the policy
     */
    public static StepRetry patient() {
        return new StepRetry(20, Duration.ofMillis(100), Duration.ofSeconds(30));
    }

    /**
     * No second attempt.
     *
     * @return the policy
     */
    public static StepRetry none() {
        return new StepRetry(1, Duration.ofMillis(100), Duration.ofMillis(100));
    }

    /**
     * The same with another number of attempts.
     *
     * @param value as the component
     * @return a copy
     */
    public StepRetry withAttempts(int value) {
        return new StepRetry(value, firstWait, longestWait);
    }

    /**
     * The same with other waits.
     *
     * @param first as {@code firstWait}
     * @param longest as {@code longestWait}
     * @return a copy
     */
    public StepRetry withWaits(Duration first, Duration longest) {
        return new StepRetry(attempts, first, longest);
    }

    /** Milliseconds to wait after so many failures: a pure function, so that every node says the same. */
    long waitMillis(int failures, String key) {
        long doubled = firstWait.toMillis() << Math.min(failures - 1, 20);
        long wait = Math.max(1, Math.min(doubled, longestWait.toMillis()));
        int hash = (key.hashCode() + failures) * 0x9E3779B9;
        return wait - (wait / 5) * (hash >>> 16) / 0x10000;
    }
}
