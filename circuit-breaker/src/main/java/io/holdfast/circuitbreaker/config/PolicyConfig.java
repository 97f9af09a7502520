package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Doc;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The numbers of one policy. A block that is there is applied to every pipeline of the policy, also where the code does not ask for it (what makes calls twice or keeps results: to the idempotent ones);
 * a block that is absent is applied with its defaults where the code asks for it.
 *
 * @param circuitBreaker when calls are stopped
 * @param instanceCircuitBreaker when calls of one instance are stopped
 * @param retry how failed calls are tried again
 * @param hedge when a second attempt is made beside a slow one
 * @param timeout how long one attempt may take
 * @param bulkhead how many calls run at once
 * @param rateLimit how many calls begin in a period
 * @param adaptiveLimit how many calls run at once, learnt
 * @param cache which results are kept
 * @param coalesce which calls are made once for all that wait
 */
public record PolicyConfig(
        @Doc("Stops calls while too many fail or are slow.") Optional<CircuitBreakerConfig> circuitBreaker,

        @Doc(
                "Leaves an instance of the callee alone while too many calls of it fail or are slow; the others are called. Only with scope node.")
        Optional<CircuitBreakerConfig> instanceCircuitBreaker,

        @Doc("Tries failed calls again.") Optional<RetryConfig> retry,

        @Doc("Makes a second attempt beside one that takes longer than usual; idempotent calls only.")
        Optional<HedgeConfig> hedge,

        @Doc("How long one attempt may take; it is then cancelled. Shortens the deadline of the call.")
        Optional<Duration> timeout,

        @Doc("Bounds how many calls run at once.") Optional<BulkheadConfig> bulkhead,

        @Doc("Bounds how many calls begin in a period.") Optional<RateLimitConfig> rateLimit,

        @Doc("Bounds how many calls run at once by a number that is learnt.")
        Optional<AdaptiveLimitConfig> adaptiveLimit,

        @Doc("Keeps the results of idempotent calls.") Optional<CacheConfig> cache,

        @Doc("Makes one call for all that ask the same at the same time; idempotent calls only.")
        Optional<CoalesceConfig> coalesce) {
    /** A policy without any block. */
    public static final PolicyConfig NONE = new PolicyConfig(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /**
     * Validates the timeout and the scope.
     *
     * @param circuitBreaker when calls are stopped
     * @param instanceCircuitBreaker when calls of one instance are stopped; of scope node
     * @param retry how failed calls are tried again
     * @param hedge when a second attempt is made beside a slow one
     * @param timeout longer than zero
     * @param bulkhead how many calls run at once
     * @param rateLimit how many calls begin in a period
     * @param adaptiveLimit how many calls run at once, learnt
     * @param cache which results are kept
     * @param coalesce which calls are made once for all that wait
     * @throws IllegalArgumentException if the timeout is not longer than zero, or breakers of instances are to be shared
     */
    public PolicyConfig {
        timeout.ifPresent(value -> Check.positive("timeout", value));
        Check.that(
                instanceCircuitBreaker.isEmpty() || instanceCircuitBreaker.get().scope() == Scope.NODE,
                "instance-circuit-breaker.scope (cluster) must be node: nodes tell each other what they know of a callee, not of its instances; leave it out, or set circuit-breaker.scope: cluster");
    }

    /**
     * This policy with a circuit breaker.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withCircuitBreaker(CircuitBreakerConfig value) {
        return with(blocks -> blocks.circuitBreaker = Optional.of(value));
    }

    /**
     * This policy with a circuit breaker for each instance of the callee.
     *
     * @param value the block, of scope node
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public PolicyConfig withInstanceCircuitBreaker(CircuitBreakerConfig value) {
        return with(blocks -> blocks.instanceCircuitBreaker = Optional.of(value));
    }

    /**
     * This policy with retries.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withRetry(RetryConfig value) {
        return with(blocks -> blocks.retry = Optional.of(value));
    }

    /**
     * This policy with second attempts.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withHedge(HedgeConfig value) {
        return with(blocks -> blocks.hedge = Optional.of(value));
    }

    /**
     * This policy with a timeout.
     *
     * @param value longer than zero
     * @return a copy
     * @throws IllegalArgumentException if it is not longer than zero
     */
    public PolicyConfig withTimeout(Duration value) {
        return with(blocks -> blocks.timeout = Optional.of(value));
    }

    /**
     * This policy with a bulkhead.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withBulkhead(BulkheadConfig value) {
        return with(blocks -> blocks.bulkhead = Optional.of(value));
    }

    /**
     * This policy with a rate limit.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withRateLimit(RateLimitConfig value) {
        return with(blocks -> blocks.rateLimit = Optional.of(value));
    }

    /**
     * This policy with an adaptive limit.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withAdaptiveLimit(AdaptiveLimitConfig value) {
        return with(blocks -> blocks.adaptiveLimit = Optional.of(value));
    }

    /**
     * This policy with a cache.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withCache(CacheConfig value) {
        return with(blocks -> blocks.cache = Optional.of(value));
    }

    /**
     * This policy with one call for all that ask the same.
     *
     * @param value the block
     * @return a copy
     */
    public PolicyConfig withCoalesce(CoalesceConfig value) {
        return with(blocks -> blocks.coalesce = Optional.of(value));
    }

    private PolicyConfig with(Consumer<Blocks> change) {
        Blocks blocks = new Blocks(this);
        change.accept(blocks);
        return blocks.together();
    }

    /** The blocks while one of them is exchanged. */
    private static final class Blocks {
        private Optional<CircuitBreakerConfig> circuitBreaker;
        private Optional<CircuitBreakerConfig> instanceCircuitBreaker;
        private Optional<RetryConfig> retry;
        private Optional<HedgeConfig> hedge;
        private Optional<Duration> timeout;
        private Optional<BulkheadConfig> bulkhead;
        private Optional<RateLimitConfig> rateLimit;
        private Optional<AdaptiveLimitConfig> adaptiveLimit;
        private Optional<CacheConfig> cache;
        private Optional<CoalesceConfig> coalesce;

        private Blocks(PolicyConfig policy) {
            circuitBreaker = policy.circuitBreaker;
            instanceCircuitBreaker = policy.instanceCircuitBreaker;
            retry = policy.retry;
            hedge = policy.hedge;
            timeout = policy.timeout;
            bulkhead = policy.bulkhead;
            rateLimit = policy.rateLimit;
            adaptiveLimit = policy.adaptiveLimit;
            cache = policy.cache;
            coalesce = policy.coalesce;
        }

        private PolicyConfig together() {
            return new PolicyConfig(
                    circuitBreaker,
                    instanceCircuitBreaker,
                    retry,
                    hedge,
                    timeout,
                    bulkhead,
                    rateLimit,
                    adaptiveLimit,
                    cache,
                    coalesce);
        }
    }
}
