package io.holdfast.discovery.outlier;

import io.holdfast.core.NodeId;
import java.time.Duration;

/** What a table decided. */
public sealed interface OutlierEvent {
    /** By what an instance stood out. */
    enum Kind {
        /** Failures in a row. */
        FAILURES,
        /** A success rate below that of the others. */
        SUCCESS_RATE,
        /** A latency above that of the others. */
        LATENCY,
        /** A probe that failed. */
        PROBE
    }

    /**
     * An instance is taken out.
     *
     * @param node the instance's node
     * @param kind by what it stood out
     * @param why the numbers, for people
     * @param length how long it is out
     */
    record Ejected(NodeId node, Kind kind, String why, Duration length) implements OutlierEvent {}

    /**
     * An instance stood out, and stays in. Told once until another decision is made.
     *
     * @param node the instance's node
     * @param kind by what it stood out
     * @param why the numbers, and why it stays, for people
     */
    record Spared(NodeId node, Kind kind, String why) implements OutlierEvent {}

    /**
     * An instance's time is over; it gets a few calls.
     *
     * @param node the instance's node
     */
    record Probing(NodeId node) implements OutlierEvent {}

    /**
     * An instance is back.
     *
     * @param node the instance's node
     */
    record Returned(NodeId node) implements OutlierEvent {}

    /**
     * Too few are left, so that all are used; or enough are back.
     *
     * @param on whether all are used
     * @param inService how many are left
     * @param ready how many there are
     */
    record Panic(boolean on, int inService, int ready) implements OutlierEvent {}
}
