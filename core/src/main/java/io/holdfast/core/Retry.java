package io.holdfast.core;

/** Whether the caller of a failed operation may try again. */
public enum Retry {
    /** The operation surely had no effect: trying again is safe. */
    SAFE,
    /** The operation may have had its effect: try again only if it is idempotent. */
    IF_IDEMPOTENT,
    /**
     * It was tried again already, nearer to what fails: trying again from here multiplies the load. Answer without it, or let a later request try.
     */
    EXHAUSTED,
    /** Trying the same again fails the same way: change something first; the message says what. */
    NEVER
}
