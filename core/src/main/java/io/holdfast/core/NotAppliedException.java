package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/** The operation surely had no effect: nothing was sent, or the other side refused it before it began. Trying again is safe. */
public final class NotAppliedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public NotAppliedException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message value, rule, remedy
     * @param cause what went wrong below, or null
     */
    public NotAppliedException(String message, @Nullable Throwable cause) {
        super(message, Retry.SAFE, cause);
    }
}
