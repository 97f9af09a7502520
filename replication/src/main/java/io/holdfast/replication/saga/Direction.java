package io.holdfast.replication.saga;

/** Whether a step is done or taken back. */
public enum Direction {
    /** The step itself. */
    DO,
    /** Its compensation. */
    UNDO
}
