package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/** A contract, annotation or argument breaks a rule; the message names the place and the fix. Change the code. */
public final class InvalidContractException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public InvalidContractException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message value, rule, remedy
     * @param cause what went wrong below, or null
     */
    public InvalidContractException(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }
}
