package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/** The caller may not do this; the message names the principal and the permission that is missing. */
public final class AccessDeniedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public AccessDeniedException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message value, rule, remedy
     * @param cause what went wrong below, or null
     */
    public AccessDeniedException(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }
}
