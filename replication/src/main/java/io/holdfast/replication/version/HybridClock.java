package io.holdfast.replication.version;

import io.holdfast.core.Check;
import io.holdfast.core.env.WallClock;
import java.time.Duration;

/**
 * A clock that is near the time of day and never goes back, also across nodes that hear of each other (Kulkarni et al. 2014, "Logical physical clocks"). A reading is one number: 48 bits of milliseconds, 16 bits that
 * count within one. A node whose clock is wrong by more than the stated drift is not followed: what it wrote keeps its time, but pulls nobody along. Belongs to one thread.
 */
public final class HybridClock {
    private static final int COUNTER_BITS = 16;

    private final WallClock wall;
    private final long maxDriftMillis;
    private long last;

    /**
     * Makes a clock.
     *
     * @param wall the time of day
     * @param maxDrift how far ahead of this node another's reading is followed
     */
    public HybridClock(WallClock wall, Duration maxDrift) {
        this.wall = wall;
        this.maxDriftMillis = Check.positive("maxDrift", maxDrift).toMillis();
    }

    /**
     * A reading for something that happens now: later than all that was read or followed before, and than a reading that it shall follow however far ahead that is.
     *
     * @param earlier what happened before; 0 if nothing is known to have
     * @return the reading
     */
    public long tick(long earlier) {
        last = Math.max(last + 1, reading(wall.now().toEpochMilli()));
        return Math.max(last, earlier + 1);
    }

    /**
     * Hears of another node's reading.
     *
     * @param reading the other's
     */
    public void follow(long reading) {
        if (reading > last && millis(reading) - wall.now().toEpochMilli() <= maxDriftMillis) {
            last = reading;
        }
    }

    /**
     * The first reading of a millisecond.
     *
     * @param millis since 1970
     * @return the reading
     */
    public static long reading(long millis) {
        return millis << COUNTER_BITS;
    }

    /**
     * Leaves a reading behind, however far ahead it is: when what it belongs to is forgotten, and nothing else would tell that what follows is later.
     *
     * @param reading the reading
     */
    public void pass(long reading) {
        last = Math.max(last, reading);
    }

    /**
     * The time of day that a reading is near to.
     *
     * @param reading a reading
     * @return milliseconds since 1970
     */
    public static long millis(long reading) {
        return reading >>> COUNTER_BITS;
    }
}
