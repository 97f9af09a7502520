package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/** The outcome is unknown: the operation may or may not have had its effect, for the link broke after it was sent. Retry only idempotent operations. */
public final class UnknownOutcomeException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public UnknownOutcomeException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message value, rule, remedy
     * @param cause what went wrong below, or null
     */
    public UnknownOutcomeException(String message, @Nullable Throwable cause) {
        super(message, Retry.IF_IDEMPOTENT, cause);
    }
}
