package io.holdfast.core.telemetry;

/** One contributor to a node's health. Safe for use by many threads; answers at once, without I/O. */
@FunctionalInterface
public interface HealthCheck {
    /** Which question a check answers. */
    enum Kind {
        /** Is the process stuck, so that only a restart helps? Never depends on other nodes. */
        LIVE,
        /** May traffic be sent here now? */
        READY,
        /** Has it started? Stays true once true. */
        STARTED
    }

    /**
     * An answer.
     *
     * @param up whether all is well
     * @param detail why, in a sentence, for people
     */
    record Result(boolean up, String detail) {}

    /**
     * Answers.
     *
     * @return the answer now
     */
    Result check();
}
