package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/** The caller cancelled the operation; it may or may not have had its effect. */
public final class CallCancelledException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public CallCancelledException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message value, rule, remedy
     * @param cause what went wrong below, or null
     */
    public CallCancelledException(String message, @Nullable Throwable cause) {
        super(message, Retry.IF_IDEMPOTENT, cause);
    }
}
