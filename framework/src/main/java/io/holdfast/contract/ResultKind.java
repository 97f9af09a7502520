package io.holdfast.contract;

/** How a method hands its result over. */
public enum ResultKind {
    /** It returns the value; the caller waits. */
    VALUE,
    /** It returns nothing; the caller waits until it was done. */
    ACKNOWLEDGED,
    /** It returns a {@link java.util.concurrent.CompletionStage}; the caller never waits. */
    STAGE
}
