package io.holdfast.examples.streaming.playback;

import io.holdfast.core.Check;

/**
 * How far a user has watched a title.
 *
 * @param title the title's id
 * @param seconds the position
 * @param finished whether the user stopped near the end; such a title is not offered for continuing
 * @param version the time of the write in milliseconds since 1970, by the clock of the gateway that took it; of two the later one counts
 */
public record Watched(int title, int seconds, boolean finished, long version) {
    /** The longest position: one day. */
    public static final int MAX_SECONDS = 86_400;

    /** Checks the position. */
    public Watched {
        Check.between("seconds", seconds, 0, MAX_SECONDS);
    }

    /**
     * The one of two that counts: the later one, and of one millisecond the farther one, so that all owners choose alike.
     *
     * @param other of the same title
     * @return this or the other
     */
    public Watched latest(Watched other) {
        if (version != other.version) {
            return version > other.version ? this : other;
        }
        return seconds >= other.seconds ? this : other;
    }
}
