package io.holdfast.transport.netty;

import org.jspecify.annotations.Nullable;

/** Something with a deadline: a node of a {@link DeadlineWheel}'s lists, so that no timer object is made for a call. */
abstract class Timed {
    @Nullable Timed wheelNext;

    @Nullable Timed wheelPrevious;

    int wheelSlot = -1;
    long deadlineNanos;

    /** The deadline has passed. The node has left the wheel. */
    abstract void onDeadline();
}
