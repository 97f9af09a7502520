package io.holdfast.replication.quorum;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/** A row has several values that were written without knowledge of each other, and the map was given no function that merges them. Read them by {@link QuorumMap#read}, and write with their context. */
public final class ConflictException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message names the key and how many values it has
     */
    public ConflictException(String message) {
        super(message, Retry.NEVER, null);
    }
}
