/**
 * Resilience policies around any call: circuit breaker, retries within a budget, bulkhead, rate limit, timeout and fallback, on Resilience4j. Start at
 * {@link io.holdfast.circuitbreaker.Policies}; the order of the policies is fixed and stands at {@link io.holdfast.circuitbreaker.Pipeline}.
 *
 * <p>All types are safe for use by many threads unless they say otherwise.
 */
@NullMarked
package io.holdfast.circuitbreaker;

import org.jspecify.annotations.NullMarked;
