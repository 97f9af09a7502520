package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/** The other node belongs to another cluster, or carries a node id that is already taken; the message names both sides. */
public final class ClusterMismatchException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public ClusterMismatchException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message value, rule, remedy
     * @param cause what went wrong below, or null
     */
    public ClusterMismatchException(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }
}
