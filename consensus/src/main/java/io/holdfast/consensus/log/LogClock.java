package io.holdfast.consensus.log;

/**
 * The group's time at its leader: the time of the log when this node began to lead, and what its monotonic clock has counted since. It never runs faster than that clock, and stands still while nobody leads.
 */
final class LogClock {
    private long term = -1;
    private long base;
    private long sinceNanos;

    /**
     * The time now.
     *
     * @param inTerm the term in which this node leads
     * @param appliedNanos the time of the last applied entry; ahead of this clock while entries of earlier leaders are still being applied
     */
    synchronized long now(long inTerm, long appliedNanos, long nowNanos) {
        long counted = base + (nowNanos - sinceNanos);
        if (inTerm != term || appliedNanos > counted) {
            term = inTerm;
            base = appliedNanos;
            sinceNanos = nowNanos;
            return appliedNanos;
        }
        return counted;
    }
}
