package io.holdfast.replication.store;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/**
 * The disk has spoilt the row: there was one, and its bytes are not those that were written. Take it from another replica and put it here, which mends it; do not answer that there is none.
 */
public final class RowDamagedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /** The hash of the row's key. */
    private final long keyHash;

    /**
     * Makes the exception.
     *
     * @param keyHash the hash of the row's key, which itself may be spoilt
     * @param message the place and what to do
     */
    public RowDamagedException(long keyHash, String message) {
        super(message, Retry.NEVER, null);
        this.keyHash = keyHash;
    }

    /**
     * Which row.
     *
     * @return the hash of its key
     */
    public long keyHash() {
        return keyHash;
    }
}
