package io.holdfast.circuitbreaker.overload;

import io.holdfast.core.call.Criticality;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells a standing queue from a burst by the time that calls have waited when they begin: the queue stands when even the shortest wait of an interval is longer than the target (Nichols and
 * Jacobson, "Controlling Queue Delay", ACM Queue 10(5), 2012; RFC 8289). Then calls that have waited too long are refused, the lower their class the sooner, so that a plain first-in-first-out
 * queue settles at the wait of the class that does not fit any more, and all classes above it pass.
 *
 * <p>Different from the RFC: it does not drop one call at a time at a growing rate, since callers do not slow down as TCP does, but all that waited too long (as in Maurer, "Fail at Scale",
 * ACM Queue 13(8), 2015). {@link Criticality#CRITICAL_PLUS} is never refused. Safe for use by many threads.
 */
final class QueueDelay {
    private final long targetNanos;
    private final long intervalNanos;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean standing;
    private volatile long shortestNanos = Long.MAX_VALUE;
    private volatile long intervalEndNanos;
    private volatile long lastWaitNanos;
    private volatile long lastBeginNanos;

    QueueDelay(Duration target, Duration interval, long nowNanos) {
        this.targetNanos = target.toNanos();
        this.intervalNanos = interval.toNanos();
        this.intervalEndNanos = nowNanos + intervalNanos;
        this.lastBeginNanos = nowNanos;
    }

    /** Whether a call should not even be queued: the last one to begin had waited longer than its class may. Old news is none: nobody begins where nobody is let in. */
    boolean refusesToQueue(Criticality criticality, long nowNanos) {
        return standing && lastWaitNanos > longestNanos(criticality) && nowNanos - lastBeginNanos < intervalNanos;
    }

    /** A call could begin. Whether it has waited too long for its class. */
    boolean refusesToBegin(Criticality criticality, long waitedNanos, long nowNanos) {
        lastWaitNanos = waitedNanos;
        lastBeginNanos = nowNanos;
        if (nowNanos - intervalEndNanos >= 0 && closing.compareAndSet(false, true)) {
            try {
                closeInterval(nowNanos);
            } finally {
                closing.set(false);
            }
        }
        if (waitedNanos < shortestNanos) {
            shortestNanos = waitedNanos;
        }
        return standing && waitedNanos > longestNanos(criticality);
    }

    private void closeInterval(long nowNanos) {
        long late = nowNanos - intervalEndNanos;
        if (late < 0) {
            return; // another one was faster
        }
        // a longer pause than an interval was a time without calls, and so without a queue
        standing = late < intervalNanos && shortestNanos != Long.MAX_VALUE && shortestNanos > targetNanos;
        shortestNanos = Long.MAX_VALUE;
        intervalEndNanos = nowNanos + intervalNanos;
    }

    /** More than the target already for the lowest class: otherwise refusing itself would end the standing queue, and begin it anew an interval later. */
    private long longestNanos(Criticality criticality) {
        return switch (criticality) {
            case SHEDDABLE -> 2 * targetNanos;
            case SHEDDABLE_PLUS -> 4 * targetNanos;
            case CRITICAL -> 8 * targetNanos;
            case CRITICAL_PLUS -> Long.MAX_VALUE;
        };
    }

    boolean standing() {
        return standing;
    }
}
