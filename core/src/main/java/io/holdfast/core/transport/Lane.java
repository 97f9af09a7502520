package io.holdfast.core.transport;

/** Which messages go first when several wait for the same connection. */
public enum Lane {
    /** Small and urgent: heartbeats, probes, votes. Never waits behind the other lanes for more than one frame. */
    CONTROL,
    /** Calls. */
    CALL,
    /** Large transfers: snapshots, hand-off. Gives way to the others between frames. */
    BULK
}
