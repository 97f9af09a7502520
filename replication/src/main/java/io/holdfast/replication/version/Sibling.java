package io.holdfast.replication.version;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A value of a row that no later write has replaced.
 *
 * @param dot the write that put it
 * @param time when it was written, on the hybrid clock; see {@link HybridClock}
 * @param expiry from when on it counts as removed, in milliseconds of the wall clock; 0 if it stays
 * @param value the value, not to be changed; null if the row was removed and the latest write wins
 */
@SuppressWarnings("ArrayRecordComponent") // equality by content, below
public record Sibling(Dot dot, long time, long expiry, byte @Nullable [] value) {
    /** No expiry. */
    public static final long STAYS = 0;

    /**
     * A removal has no expiry, so that equal writes are equal.
     *
     * @param dot as the component
     * @param time as the component
     * @param expiry as the component
     * @param value as the component
     */
    public Sibling {
        expiry = value == null ? STAYS : expiry;
    }

    /**
     * Whether it counts as removed by its age.
     *
     * @param wallMillis the wall clock
     * @return whether its expiry has passed
     */
    public boolean isExpired(long wallMillis) {
        return expiry != STAYS && wallMillis >= expiry;
    }

    /** The later of two, alike on every node. */
    boolean isAfter(Sibling other) {
        return time != other.time ? time > other.time : dot.compareTo(other.dot) > 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sibling that && dot.equals(that.dot)
                && time == that.time
                && expiry == that.expiry
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return dot.hashCode();
    }
}
