package io.holdfast.consensus.state;

import io.holdfast.core.Check;

/**
 * The bounds of a group's state; at each, a command after which there would be more than before is refused with a message and changes nothing. What makes something smaller, what time does, and the end of a session never are. They must be the same on all replicas of a group.
 *
 * @param resources how many names may have rows at once
 * @param rows how many rows one resource may have
 * @param resourceBytes how many bytes of keys and values one resource may have
 * @param groupBytes how many bytes of keys and values the whole state may have
 * @param sessions how many sessions may be open
 */
public record StateLimits(int resources, int rows, long resourceBytes, long groupBytes, int sessions) {
    /** The largest key of a row, in bytes. */
    public static final int MAX_KEY = 4096;

    /** The longest name of a resource, in bytes of UTF-8. */
    public static final int MAX_NAME = 255;

    /** The largest answer to a command or question, in bytes. */
    public static final int MAX_ANSWER = 1 << 20;

    /** How many answers are kept for a session: so many operations it may have open. */
    public static final int WINDOW = 1024;

    /** How many bytes of answers are kept for a session. */
    public static final int WINDOW_BYTES = 8 << 20;

    /**
     * Validates the bounds.
     *
     * @param resources as the component
     * @param rows as the component
     * @param resourceBytes as the component
     * @param groupBytes as the component
     * @param sessions as the component
     * @throws IllegalArgumentException if one is not positive
     */
    public StateLimits {
        Check.between("resources", resources, 1, Integer.MAX_VALUE);
        Check.between("rows", rows, 1, Integer.MAX_VALUE);
        Check.between("resourceBytes", resourceBytes, 1, Long.MAX_VALUE);
        Check.between("groupBytes", groupBytes, 1, Long.MAX_VALUE);
        Check.between("sessions", sessions, 1, Integer.MAX_VALUE);
    }

    /**
     * 100,000 names, ten million rows and 1 GiB each, 2 GiB in all, 10,000 sessions.
     *
     * @return the bounds
     */
    public static StateLimits standard() {
        return new StateLimits(100_000, 10_000_000, 1L << 30, 2L << 30, 10_000);
    }
}
