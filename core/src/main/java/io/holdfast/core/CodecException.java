package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/** A value could not be encoded, or bytes could not be decoded as the type that the contract names. */
public final class CodecException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public CodecException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message value, rule, remedy
     * @param cause what went wrong below, or null
     */
    public CodecException(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }
}
