package io.holdfast.replication.quorum;

import io.holdfast.core.Check;
import java.time.Duration;
import java.util.Optional;

/**
 * How many replicas the calls of a map need, and how they treat what is missing. With {@code read + write > N} and without stand-ins every read meets every acknowledged write.
 *
 * @param read R: how many replicas answer a read
 * @param write W: how many replicas have stored a write when it is acknowledged, the one that made it among them; all members, while the ring has fewer. With less than a majority an acknowledged write is lost with its
 *     only disk, or with its only replica when members change while that one is away
 * @param sloppy whether other nodes stand in for replicas that are gone, and count: always writable, while reads may miss what stand-ins keep
 * @param repairFirst whether a read stores what it answers on W replicas before it answers, so that no later read shows older values; otherwise it repairs afterwards
 * @param timeToLive after which time what is written counts as removed; empty keeps it
 */
public record QuorumOptions(int read, int write, boolean sloppy, boolean repairFirst, Optional<Duration> timeToLive) {
    private static final Duration MAX_LIFE = Duration.ofDays(36_500);

    /** A majority of three for both, repairing before the answer. */
    public static final QuorumOptions MAJORITY = new QuorumOptions(2, 2, false, true, Optional.empty());

    /**
     * Validates the numbers.
     *
     * @param read as the component
     * @param write as the component
     * @param sloppy as the component
     * @param repairFirst as the component
     * @param timeToLive as the component
     * @throws IllegalArgumentException if one is out of bounds
     */
    public QuorumOptions {
        Check.between("read", read, 1, 7);
        Check.between("write", write, 1, 7);
        timeToLive.ifPresent(value -> Check.that(
                !value.isNegative() && value.toMillis() > 0 && value.compareTo(MAX_LIFE) <= 0,
                "timeToLive (%s) must be at least a millisecond and at most %s; leave it out to keep what is written",
                value,
                MAX_LIFE));
    }

    /**
     * These options with another R.
     *
     * @param value how many replicas answer a read
     * @return a copy
     */
    public QuorumOptions withRead(int value) {
        return new QuorumOptions(value, write, sloppy, repairFirst, timeToLive);
    }

    /**
     * These options with another W.
     *
     * @param value how many replicas store a write
     * @return a copy
     */
    public QuorumOptions withWrite(int value) {
        return new QuorumOptions(read, value, sloppy, repairFirst, timeToLive);
    }

    /**
     * These options with or without stand-ins.
     *
     * @param value whether they count
     * @return a copy
     */
    public QuorumOptions withSloppy(boolean value) {
        return new QuorumOptions(read, write, value, repairFirst, timeToLive);
    }

    /**
     * These options with repair before or after the answer.
     *
     * @param value true for before
     * @return a copy
     */
    public QuorumOptions withRepairFirst(boolean value) {
        return new QuorumOptions(read, write, sloppy, value, timeToLive);
    }

    /**
     * These options with a time to live.
     *
     * @param value after which time what is written counts as removed; at least a millisecond
     * @return a copy
     */
    public QuorumOptions withTimeToLive(Duration value) {
        return new QuorumOptions(read, write, sloppy, repairFirst, Optional.of(value));
    }

    void checkFor(int replicas) {
        Check.that(
                read <= replicas && write <= replicas,
                "read (%d) and write (%d) must be at most the number of replicas (%d); lower them, or raise"
                        + " holdfast.replication.replicas",
                read,
                write,
                replicas);
    }

    CallSpec forRead() {
        return new CallSpec(read, write, sloppy, repairFirst);
    }

    CallSpec forWrite() {
        return new CallSpec(write, write, sloppy, false);
    }
}
