package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/** The other side sent bytes that break the protocol, or speaks another version of it; the connection was closed. */
public final class ProtocolException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public ProtocolException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message value, rule, remedy
     * @param cause what went wrong below, or null
     */
    public ProtocolException(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }
}
