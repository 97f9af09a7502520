package io.holdfast.testkit.history;

import io.holdfast.core.Check;

/**
 * One operation of one client.
 *
 * @param process the client; it has one operation at a time
 * @param key the object that was operated on; objects of different keys are checked apart
 * @param input what was asked
 * @param outcome how it ended
 * @param invoked the place of its beginning in the order of all events
 * @param returned the place of its end in the order of all events; {@link #NEVER} if the outcome is unknown
 * @param invokedNanos when it began, by the recorder's monotonic clock; only for people
 * @param returnedNanos when the client had its outcome, by the same clock; only for people
 * @param <I> the type of the inputs
 * @param <O> the type of the results
 */
public record Operation<I, O>(
        int process,
        String key,
        I input,
        Outcome<O> outcome,
        long invoked,
        long returned,
        long invokedNanos,
        long returnedNanos) {
    /** The end of an operation that has none. */
    public static final long NEVER = Long.MAX_VALUE;

    /**
     * Checks the order.
     *
     * @param process the client
     * @param key the object
     * @param input what was asked
     * @param outcome how it ended
     * @param invoked the place of its beginning
     * @param returned the place of its end
     * @param invokedNanos when it began
     * @param returnedNanos when the client had its outcome
     * @throws IllegalArgumentException if it ends before it begins, or has an end although its outcome is unknown
     */
    public Operation {
        Check.that(
                returned > invoked,
                "returned (%d) must be after invoked (%d); take both from one recorder",
                returned,
                invoked);
        Check.that(
                !(outcome instanceof Outcome.Unknown) || returned == NEVER,
                "returned (%d) must be Operation.NEVER for an unknown outcome: it may take effect at any later time",
                returned);
    }

    @Override
    public String toString() {
        String end = outcome instanceof Outcome.Ok<O> ok
                ? ok.output() + ""
                : outcome.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
        String until = returned == NEVER ? "..." : String.valueOf(returned);
        return "process " + process + " [" + invoked + ", " + until + "] " + input + " -> " + end;
    }
}
