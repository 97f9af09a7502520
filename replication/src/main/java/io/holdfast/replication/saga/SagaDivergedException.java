package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/** A history does not fit the definition that should go on with it. The saga is not run by this code; deploy what it was started with, or give the changed definition a new version. */
public final class SagaDivergedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message which record or line differs, and what to do
     */
    public SagaDivergedException(String message) {
        super(message, Retry.NEVER, null);
    }
}
