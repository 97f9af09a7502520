package io.holdfast.core.env;

import java.time.Instant;

/** The time of day: for people and certificates. It may jump either way; nothing that must be safe depends on it. */
@FunctionalInterface
public interface WallClock {
    /**
     * Reads the clock.
     *
     * @return the time of day
     */
    Instant now();
}
