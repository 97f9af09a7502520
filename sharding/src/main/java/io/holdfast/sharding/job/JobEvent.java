package io.holdfast.sharding.job;

import io.holdfast.core.NodeId;
import java.time.Instant;

/**
 * What became of a tick, or of several that were missed in a row. Times are of the wall clock of who wrote them, in milliseconds.
 *
 * @param outcome what became of it
 * @param tick the tick; the first of several
 * @param last the last of several; otherwise the tick
 * @param ticks how many; {@link #MANY} means that many or more
 * @param started when the run was claimed; of a missed tick, when that was noticed
 * @param ended when it was over, or when that was noticed
 * @param host who ran it; of a missed tick, who noticed
 * @param detail why it failed, at most {@value #MAX_DETAIL} characters; empty if there is nothing to say
 */
public record JobEvent(
        Outcome outcome,
        Instant tick,
        Instant last,
        int ticks,
        Instant started,
        Instant ended,
        NodeId host,
        String detail) {
    /** The number of missed ticks beyond which nobody counts. */
    public static final int MANY = 10_000;

    /** The longest detail. */
    public static final int MAX_DETAIL = 200;

    /** What became of a tick. The order is that of the bytes: new ones come last. */
    public enum Outcome {
        /** It ran, and returned. */
        DONE,
        /** It ran, and threw. */
        FAILED,
        /** It ran, and was interrupted: the node left, or the job was taken back. */
        INTERRUPTED,
        /** It ran for longer than {@link Schedule#withLimit}, and was interrupted. */
        TIMED_OUT,
        /** It was claimed, and its owner was gone before it told how it ended: it ran in full, in part, or not at all. It is not run again. */
        LOST,
        /** It was never run. */
        MISSED
    }

    /**
     * Cuts the detail.
     *
     * @param outcome as the component
     * @param tick as the component
     * @param last as the component
     * @param ticks as the component
     * @param started as the component
     * @param ended as the component
     * @param host as the component
     * @param detail as the component
     */
    public JobEvent {
        detail = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL);
    }
}
