package io.holdfast.circuitbreaker;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/** As many calls run as may; nothing was done. Slow down, or raise the bound. */
public final class BulkheadFullException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    private final String policy;

    BulkheadFullException(String policy, String message) {
        super(message, Retry.SAFE, null, null);
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
