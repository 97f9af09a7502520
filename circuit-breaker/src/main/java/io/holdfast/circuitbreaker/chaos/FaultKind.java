package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.fault.Fault;
import java.util.Locale;

/** The kinds of {@link Fault}, as configuration names them. */
public enum FaultKind {
    /** {@link Fault.Latency}. */
    LATENCY,
    /** {@link Fault.Error}. */
    ERROR,
    /** {@link Fault.Drop}. */
    DROP,
    /** {@link Fault.Pause}. */
    PAUSE,
    /** {@link Fault.Kill}. */
    KILL;

    /**
     * The kind of a fault.
     *
     * @param fault the fault
     * @return its kind
     */
    public static FaultKind of(Fault fault) {
        if (fault instanceof Fault.Latency) {
            return LATENCY;
        }
        if (fault instanceof Fault.Error) {
            return ERROR;
        }
        if (fault instanceof Fault.Drop) {
            return DROP;
        }
        return fault instanceof Fault.Pause ? PAUSE : KILL;
    }

    /** Whether it hits the whole node; else single calls. */
    boolean hitsNode() {
        return this == PAUSE || this == KILL;
    }

    /** As people write it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
