package io.holdfast.consensus.session;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/** The group's state refused the operation: a limit was reached, or it does not fit what is there. Nothing was changed; trying the same again is refused again. */
public final class RefusedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public RefusedException(String message) {
        super(message, Retry.NEVER, null);
    }
}
