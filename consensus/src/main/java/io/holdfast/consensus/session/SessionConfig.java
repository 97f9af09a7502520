package io.holdfast.consensus.session;

import io.holdfast.consensus.state.Command;
import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How a session behaves.
 *
 * @param timeToLive after how long without a sign of life, in the group's own time, the group ends the session
 * @param attemptTimeout after how long without an answer an operation is sent again, under its old number
 * @param retryDelay how long to wait before the first repetition; doubles up to ten times as much, with jitter
 * @param maxWaiting how many operations may wait for the session or for their turn; a further one is refused
 */
public record SessionConfig(Duration timeToLive, Duration attemptTimeout, Duration retryDelay, int maxWaiting) {
    /**
     * Validates the relations.
     *
     * @param timeToLive as the component
     * @param attemptTimeout as the component
     * @param retryDelay as the component
     * @param maxWaiting as the component
     * @throws IllegalArgumentException if a value is out of bounds
     */
    public SessionConfig {
        Check.between("timeToLive in nanoseconds", timeToLive.toNanos(), Command.MIN_TTL_NANOS, Command.MAX_TTL_NANOS);
        Check.positive("attemptTimeout", attemptTimeout);
        Check.positive("retryDelay", retryDelay);
        Check.between("maxWaiting", maxWaiting, 1, 1_000_000);
    }

    /**
     * For nodes in one data centre: ends after 10 s, sends again after 2 s or a failure, 8,192 may wait.
     *
     * @return the configuration
     */
    public static SessionConfig lan() {
        return new SessionConfig(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofMillis(10), 8192);
    }

    /**
     * This configuration with another time to live.
     *
     * @param value the time
     * @return a copy
     */
    public SessionConfig withTimeToLive(Duration value) {
        return new SessionConfig(value, attemptTimeout, retryDelay, maxWaiting);
    }
}
