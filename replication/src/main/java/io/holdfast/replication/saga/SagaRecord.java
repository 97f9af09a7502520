package io.holdfast.replication.saga;

/**
 * Something that has happened to a saga, as its history tells. A saga's state is nothing but what these add up to.
 *
 * <p>What a record says of times is milliseconds since 1970 by the wall clock of the node that wrote it.
 */
public sealed interface SagaRecord {
    /** What a failed attempt leaves. */
    enum Failure {
        /** The attempt surely had no effect. */
        NOT_DONE,
        /** The attempt may have had its effect. */
        UNKNOWN,
        /** The step says that it was not done and never will be. */
        REFUSED
    }

    /** Why a saga turned back. */
    enum Cause {
        /** A step failed for good. */
        FAILED,
        /** The deadline has passed. */
        DEADLINE,
        /** An operator cancelled it. */
        CANCELLED,
        /** The saga of which this is a step turned back. */
        PARENT
    }

    /** How an operator resolved a parked step. */
    enum Resolution {
        /** It is tried again, with all its attempts. */
        RETRY,
        /** It counts as done: the operator saw to it. */
        DONE
    }

    /** How a saga ended. */
    enum Outcome {
        /** All steps were done. */
        COMPLETED,
        /** All that was done was taken back. */
        COMPENSATED,
        /** An operator gave it up: something may be left undone. */
        ABORTED
    }

    /**
     * The saga began.
     *
     * @param definition its kind
     * @param version of the kind
     * @param structure of the definition with which it began, see {@link SagaDefinition#structure}
     * @param input what it is given
     * @param deadlineMillis when it turns back, or 0
     * @param trace the W3C traceparent of who started it, or empty
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Started(String definition, int version, String structure, byte[] input, long deadlineMillis, String trace)
            implements SagaRecord {}

    /**
     * An attempt begins: written before the effect is called.
     *
     * @param step the step
     * @param direction whether it is done or taken back
     * @param attempt 1 for the first
     */
    record Attempted(String step, Direction direction, int attempt) implements SagaRecord {}

    /**
     * A step was done or taken back.
     *
     * @param step the step
     * @param direction which
     * @param result its result
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Succeeded(String step, Direction direction, byte[] result) implements SagaRecord {}

    /**
     * An attempt failed.
     *
     * @param step the step
     * @param direction whether it was done or taken back
     * @param failure what is known of the effect
     * @param retryAtMillis when it is tried again, or 0 if it is not
     * @param detail what it threw
     */
    record Failed(String step, Direction direction, Failure failure, long retryAtMillis, String detail)
            implements SagaRecord {}

    /**
     * A sleep, or the wait for a signal, begins.
     *
     * @param step the step
     * @param dueMillis when it is over, or 0 if never
     */
    record Waiting(String step, long dueMillis) implements SagaRecord {}

    /**
     * A sleep is over.
     *
     * @param step the step
     */
    record Woke(String step) implements SagaRecord {}

    /**
     * A signal came.
     *
     * @param step the step that waits for it, or will
     * @param payload what it carried
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Signalled(String step, byte[] payload) implements SagaRecord {}

    /**
     * A child saga is to be started: its id follows from the step.
     *
     * @param step the step
     * @param input its input
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record ChildStarted(String step, byte[] input) implements SagaRecord {}

    /**
     * From here on nothing new is done, and what was done is taken back.
     *
     * @param cause why
     * @param detail which step, or who
     */
    record Turned(Cause cause, String detail) implements SagaRecord {}

    /**
     * A step can go neither forward nor back by itself: an operator must say how.
     *
     * @param step the step
     * @param direction in which it stands
     * @param detail why
     */
    record Parked(String step, Direction direction, String detail) implements SagaRecord {}

    /**
     * An operator resolved a parked step.
     *
     * @param step the step
     * @param direction in which it stood
     * @param how what becomes of it
     * @param result its result, if it counts as done
     * @param by who did it
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Resolved(String step, Direction direction, Resolution how, byte[] result, String by) implements SagaRecord {}

    /**
     * The saga ended. It says all that is kept when the rest of the history is forgotten.
     *
     * @param outcome how
     * @param detail why it turned back, or who gave it up
     * @param definition its kind
     * @param version of the kind
     * @param startedMillis when it began
     * @param digest of definition and input, so that a repeated start is known again
     * @param result that of its last step
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Ended(
            Outcome outcome,
            String detail,
            String definition,
            int version,
            long startedMillis,
            byte[] digest,
            byte[] result)
            implements SagaRecord {}
}
