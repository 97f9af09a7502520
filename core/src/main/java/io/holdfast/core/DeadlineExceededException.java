package io.holdfast.core;

import org.jspecify.annotations.Nullable;

/** The deadline passed before the answer came; the operation may or may not have had its effect. Allow more time, or find what is slow with {@code /admin/explain}. */
public final class DeadlineExceededException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public DeadlineExceededException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message value, rule, remedy
     * @param cause what went wrong below, or null
     */
    public DeadlineExceededException(String message, @Nullable Throwable cause) {
        super(message, Retry.IF_IDEMPOTENT, cause);
    }
}
