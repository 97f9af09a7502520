package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;

/** A timer of the protocol. Each knows when it is due, so that the protocol notices that its own process stood still. */
public sealed interface SwimTimer {
    /**
     * When it is due.
     *
     * @return nanoseconds of the monotonic clock
     */
    long due();

    /**
     * The next protocol period.
     *
     * @param due when
     */
    record ProbeTick(long due) implements SwimTimer {}

    /**
     * The direct probe had its time.
     *
     * @param due when
     * @param sequence the probe
     */
    record ProbeTimeout(long due, long sequence) implements SwimTimer {}

    /**
     * The probe is over.
     *
     * @param due when
     * @param sequence the probe
     */
    record ProbeOver(long due, long sequence) implements SwimTimer {}

    /**
     * A probe for another node had its time.
     *
     * @param due when
     * @param sequence the probe
     */
    record RelayOver(long due, long sequence) implements SwimTimer {}

    /**
     * A member that others suspect is probed by this node too.
     *
     * @param due when
     * @param node the member
     */
    record Confirm(long due, NodeId node) implements SwimTimer {}

    /**
     * A suspect is asked directly whether it is there, one of the last times.
     *
     * @param due when
     * @param node the member
     */
    record LastCall(long due, NodeId node) implements SwimTimer {}

    /**
     * A suspicion may have lasted long enough.
     *
     * @param due when
     * @param node the member
     */
    record SuspicionOver(long due, NodeId node) implements SwimTimer {}

    /**
     * Rumours wait.
     *
     * @param due when
     */
    record GossipTick(long due) implements SwimTimer {}

    /**
     * Urgent rumours wait.
     *
     * @param due when
     */
    record UrgentTick(long due) implements SwimTimer {}

    /**
     * The next comparison of views.
     *
     * @param due when
     */
    record SyncTick(long due) implements SwimTimer {}

    /**
     * The next attempt to reach the dead.
     *
     * @param due when
     */
    record ReconnectTick(long due) implements SwimTimer {}

    /**
     * The next call of the seeds.
     *
     * @param due when
     */
    record FormTick(long due) implements SwimTimer {}

    /**
     * The node whose id a newcomer claims had its time to answer.
     *
     * @param due when
     * @param sequence the probe
     */
    record VetOver(long due, long sequence) implements SwimTimer {}

    /**
     * Goodbye has spread.
     *
     * @param due when
     */
    record LeaveOver(long due) implements SwimTimer {}
}
