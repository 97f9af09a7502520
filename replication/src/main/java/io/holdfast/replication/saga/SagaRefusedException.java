package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/** What was asked of a saga cannot be done, and asking again changes nothing: the message says what to do instead. Nothing was changed. */
public final class SagaRefusedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public SagaRefusedException(String message) {
        super(message, Retry.NEVER, null);
    }
}
