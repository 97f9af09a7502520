package io.holdfast.replication.store;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import org.jspecify.annotations.Nullable;

/**
 * The store has stopped for good: a sync failed, after which nobody knows what the disk holds, or it is closed. Whether what was put and not yet synced survives is unknown. Open the store
 * again, which reads what the disk has.
 */
public final class StoreFailedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message the directory, what failed and what to do
     * @param cause what went wrong below, or null
     */
    public StoreFailedException(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }

    /** The same for another caller, whose stack is another. */
    StoreFailedException again() {
        return new StoreFailedException(String.valueOf(getMessage()), this);
    }
}
