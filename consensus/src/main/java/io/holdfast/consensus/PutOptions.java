package io.holdfast.consensus;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How long a put lasts.
 *
 * @param timeToLive after how long the key is removed, in the group's own time, which stands still while nobody leads; zero for never. Never early; late by the time of an election, and
 *     otherwise by less than a second
 * @param ephemeral whether the key is removed when this node's session with the group ends. Keep such keys in a map of their own: the end of a session goes through the whole map
 */
public record PutOptions(Duration timeToLive, boolean ephemeral) {
    /** For ever. */
    public static final PutOptions NONE = new PutOptions(Duration.ZERO, false);

    /**
     * Validates the time.
     *
     * @param timeToLive as the component
     * @param ephemeral as the component
     * @throws IllegalArgumentException if the time is negative or longer than ten years
     */
    public PutOptions {
        Check.notNegative("timeToLive", timeToLive);
        Check.that(
                timeToLive.compareTo(Duration.ofDays(3650)) <= 0,
                "timeToLive (%s) must be at most 3650 days; leave it out for ever",
                timeToLive);
    }

    /**
     * For a while.
     *
     * @param timeToLive how long
     * @return the options
     * @throws IllegalArgumentException if the time is negative or longer than ten years
     */
    public static PutOptions timeToLive(Duration timeToLive) {
        return new PutOptions(timeToLive, false);
    }

    /**
     * As long as this node's session lasts.
     *
     * @return the options
     */
    public static PutOptions ofSession() {
        return new PutOptions(Duration.ZERO, true);
    }
}
