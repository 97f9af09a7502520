package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/** Nobody is there to serve: no ready instance, no connection, or the node is draining; nothing was done. Try again later or elsewhere. */
public final class UnavailableException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public UnavailableException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message value, rule, remedy
     * @param cause what went wrong below, or null
     */
    public UnavailableException(String message, @Nullable Throwable cause) {
        super(message, Retry.SAFE, cause);
    }
}
