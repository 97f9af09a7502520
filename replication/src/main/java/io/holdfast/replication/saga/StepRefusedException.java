package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/** A step says: surely not done, and never to be done, for instance since a card was declined. It is not retried and not compensated; the steps before it are. */
public final class StepRefusedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message why; it is kept in the saga's history
     */
    public StepRefusedException(String message) {
        super(message, Retry.NEVER, null);
    }
}
