package io.holdfast.consensus.raft;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import org.jspecify.annotations.Nullable;

/**
 * A part of a replica's storage is gone that nothing else on its disk makes up for. It may have acknowledged what it has lost, so it must never be opened again: set the storage aside and join as a new
 * peer.
 */
public final class StorageLostException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is gone and what to do
     * @param cause what was found, if anything was
     */
    public StorageLostException(String message, @Nullable Throwable cause) {
        super(message, Retry.NEVER, cause);
    }
}
