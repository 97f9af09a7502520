package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Doc;
import java.time.Duration;
import java.util.Optional;

/**
 * The numbers of one policy. A block that is there is applied to every pipeline of the policy, also where the code does not ask for it; a block that is absent is applied
 * with its defaults where the code asks for it.
 *
 * @param circuitBreaker when calls are stopped
 * @param retry how failed calls are tried again
 * @param hedge when a second attempt is made beside a slow one
 * @param timeout how long one attempt may take
 * @param bulkhead how many calls run at once
 * @param rateLimit how many calls begin in a period
 */
public record PolicyConfig(
        @Doc("Stops calls while too many fail or are slow.") Optional<CircuitBreakerConfig> circuitBreaker,
        @Doc("Tries failed calls again.") Optional<RetryConfig> retry,

        @Doc("Makes a second attempt beside one that takes longer than usual; idempotent calls only.")
        Optional<HedgeConfig> hedge,

        @Doc("How long one attempt may take; it is then cancelled. Shortens the deadline of the call.")
        Optional<Duration> timeout,

        @Doc("Bounds how many calls run at once.") Optional<BulkheadConfig> bulkhead,
        @Doc("Bounds how many calls begin in a period.") Optional<RateLimitConfig> rateLimit) {
    /** A policy without any block. */
    public static final PolicyConfig NONE = new PolicyConfig(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /**
     * Validates the timeout.
     *
     * @param circuitBreaker when calls are stopped
     * @param retry how failed calls are tried again
     * @param hedge when a second attempt is made beside a slow one
     * @param timeout longer than zero
     * @param bulkhead how many calls run at once
     * @param rateLimit how many calls begin in a period
     * @throws IllegalArgumentException if the timeout is not longer than zero
     */
    public PolicyConfig {
        timeout.ifPresent(value -> Check.positive("timeout", value));
    }

    /**
     * This policy with a circuit breaker.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withCircuitBreaker(CircuitBreakerConfig value) {
        return new PolicyConfig(Optional.of(value), retry, hedge, timeout, bulkhead, rateLimit);
    }

    /**
     * This policy with retries.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withRetry(RetryConfig value) {
        return new PolicyConfig(circuitBreaker, Optional.of(value), hedge, timeout, bulkhead, rateLimit);
    }

    /**
     * This policy with second attempts.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withHedge(HedgeConfig value) {
        return new PolicyConfig(circuitBreaker, retry, Optional.of(value), timeout, bulkhead, rateLimit);
    }

    /**
     * This policy with a timeout.
     *
     * @param value longer than zero
     * @return a copy
     * @throws IllegalArgumentException if it is not longer than zero
     */
    public PolicyConfig withTimeout(Duration value) {
        return new PolicyConfig(circuitBreaker, retry, hedge, Optional.of(value), bulkhead, rateLimit);
    }

    /**
     * This policy with a bulkhead.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withBulkhead(BulkheadConfig value) {
        return new PolicyConfig(circuitBreaker, retry, hedge, timeout, Optional.of(value), rateLimit);
    }

    /**
     * This policy with a rate limit.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withRateLimit(RateLimitConfig value) {
        return new PolicyConfig(circuitBreaker, retry, hedge, timeout, bulkhead, Optional.of(value));
    }
}
