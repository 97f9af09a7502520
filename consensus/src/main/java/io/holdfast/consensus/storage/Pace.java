package io.holdfast.consensus.storage;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** How fast a {@link PacedFile} may be written. Safe for use by many threads. */
public final class Pace {
    private static final int PART = 256 * 1024;
    private static final int REST = 4;
    private static final long LONGEST_REST_NANOS = 100_000_000;
    private static final Pace ALONE = new Pace(Long.MAX_VALUE, () -> 0);

    private final long part;
    private final LongSupplier nanoTime;

    private Pace(long part, LongSupplier nanoTime) {
        this.part = part;
        this.nanoTime = nanoTime;
    }

    /**
     * Beside a log that others wait for, on the same disk and the same processors: after each part of 256 KiB the file is synced, and then rests for four times as long as the part took, 0.1 s at
     * most. Left to the end, the sync of the whole file would hold up the log's own for hundreds of milliseconds.
     *
     * @param nanoTime the monotonic clock
     * @return the pace
     */
    public static Pace besideALog(LongSupplier nanoTime) {
        return new Pace(PART, nanoTime);
    }

    /**
     * Where no log is written meanwhile: without rests, and synced once, at the end.
     *
     * @return the pace
     */
    public static Pace alone() {
        return ALONE;
    }

    /** After so many bytes the file is synced and rests. */
    long part() {
        return part;
    }

    long begin() {
        return nanoTime.getAsLong();
    }

    /** Whoever interrupts the thread wants it to end soon: then it no longer rests. */
    void rest(long begin) {
        LockSupport.parkNanos(Math.min(REST * (nanoTime.getAsLong() - begin), LONGEST_REST_NANOS));
    }
}
