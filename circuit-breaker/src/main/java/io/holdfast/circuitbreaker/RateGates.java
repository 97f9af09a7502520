package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.circuitbreaker.config.Scope;
import io.holdfast.circuitbreaker.resilience4j.Rate;
import io.holdfast.circuitbreaker.shared.ClusterQuota;
import io.holdfast.core.env.MonotonicClock;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Function;

/** Makes the gate that a rate limit's numbers ask for: of this node, or of the whole cluster. */
record RateGates(String policy, MonotonicClock clock, MeterRegistry meters, Refusals refusals)
        implements Function<RateLimitConfig, Gate<RateLimitConfig>> {
    @Override
    public Gate<RateLimitConfig> apply(RateLimitConfig numbers) {
        if (numbers.scope() == Scope.CLUSTER) {
            return new QuotaGate(policy, new ClusterQuota(clock, numbers), meters, refusals, this);
        }
        return isPlain(numbers)
                ? new RateGate(policy, new Rate(policy, numbers, clock, meters), refusals, this)
                : new AllowanceGate(policy, numbers, clock, meters, refusals, this);
    }

    /** Whether Resilience4j's limiter can do it: of this node, in fixed periods, for all together. */
    static boolean isPlain(RateLimitConfig numbers) {
        return numbers.scope() == Scope.NODE
                && numbers.kind() == RateLimitConfig.Kind.FIXED
                && numbers.per().isEmpty();
    }
}
