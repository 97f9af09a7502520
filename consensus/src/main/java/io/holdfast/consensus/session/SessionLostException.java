package io.holdfast.consensus.session;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/** The operation belonged to a session that has ended, and was surely not done. What the session held is gone: acquire it again in the present session. */
public final class SessionLostException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public SessionLostException(String message) {
        super(message, Retry.NEVER, null);
    }
}
