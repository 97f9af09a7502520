package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/**
 * An experiment let this call fail on purpose; its message names the experiment. To the code around it, it is a failure like that of a callee: retried if the call is idempotent, counted by the breaker,
 * covered by a fallback.
 */
public final class InjectedFaultException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message value, rule, remedy
     */
    public InjectedFaultException(String message) {
        super(message, Retry.IF_IDEMPOTENT, null);
    }
}
