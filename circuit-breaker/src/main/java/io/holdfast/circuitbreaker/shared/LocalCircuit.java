package io.holdfast.circuitbreaker.shared;

/**
 * What this node's own breaker of a {@link Target} says at one look.
 *
 * @param state where it stands
 * @param openings how often it has opened by its own counts, not on the word of others; grows for ever
 * @param calls how many calls its window holds
 * @param failures how many of them failed
 * @param judged whether these are enough for it to be judged
 * @param refused whether it refused a call since the look before
 * @param waitNanos how long it refuses calls before some are tried
 */
public record LocalCircuit(
        State state, long openings, int calls, int failures, boolean judged, boolean refused, long waitNanos) {
    /** The states of a circuit breaker. */
    public enum State {
        /** Calls pass. */
        CLOSED,
        /** Calls are refused. */
        OPEN,
        /** A few calls are tried. */
        HALF_OPEN
    }
}
