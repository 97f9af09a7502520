package io.holdfast.circuitbreaker;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import java.time.Duration;

/** The calls of this period are used up; nothing was done. Wait {@link #retryAfter()}, or raise the limit. */
public final class RateLimitedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    private final String policy;

    RateLimitedException(String policy, String message, Duration retryAfter) {
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
