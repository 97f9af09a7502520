package io.holdfast.core;

import java.time.Duration;

/** A bound was reached and the operation was refused before it began; nothing was done. Wait {@link #retryAfter()} and try again. */
public final class OverloadedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message which bound (its value) was reached and what to raise or slow down
     * @param retryAfter how long to wait before trying again
     */
    public OverloadedException(String message, Duration retryAfter) {
        super(message, Retry.SAFE, retryAfter, null);
    }

    private OverloadedException(String message, Duration retryAfter, boolean traced) {
        super(message, Retry.SAFE, retryAfter, traced);
    }

    /**
     * Makes the exception without a stack trace: refusing must cost less than doing.
     *
     * @param message which bound (its value) was reached and what to raise or slow down
     * @param retryAfter how long to wait before trying again
     * @return the exception
     */
    public static OverloadedException withoutTrace(String message, Duration retryAfter) {
        return new OverloadedException(message, retryAfter, false);
    }
}
