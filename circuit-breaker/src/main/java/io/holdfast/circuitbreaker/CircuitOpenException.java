package io.holdfast.circuitbreaker;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import java.time.Duration;

/** The circuit breaker is open, since too many calls failed or were slow; nothing was done. Wait {@link #retryAfter()}, or answer without the callee. */
public final class CircuitOpenException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    private final String policy;

    CircuitOpenException(String policy, String message, Duration retryAfter) {
        super(message, Retry.SAFE, retryAfter, null);
        this.policy = policy;
    }

    /**
     * Whose numbers refused the call.
     *
     * @return the name of the policy
     */
    public String policy() {
        return policy;
    }
}
