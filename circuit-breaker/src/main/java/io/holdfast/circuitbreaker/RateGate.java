package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.circuitbreaker.resilience4j.Rate;
import io.holdfast.core.DurationText;
import io.holdfast.core.call.Criticality;
import java.util.function.Function;

/** Refuses attempts beyond so many in a period. */
record RateGate(String policy, Rate rate, Refusals refusals, Function<RateLimitConfig, Gate<RateLimitConfig>> maker)
        implements Gate<RateLimitConfig> {
    @Override
    public void enter(String place, Criticality criticality) {
        if (!rate.take()) {
            refusals.note();
            throw new RateLimitedException(
                    policy,
                    "the rate limit of policy " + policy + " (" + numbers().limit() + " calls in "
                            + DurationText.of(numbers().period()) + ") is used up and refuses " + place
                            + "; wait for the next period or raise holdfast.policies." + policy + ".rate-limit.limit",
                    rate.untilNextPeriod());
        }
    }

    @Override
    public RateLimitConfig numbers() {
        return rate.config();
    }

    @Override
    public Gate<RateLimitConfig> changedTo(RateLimitConfig numbers) {
        if (!RateGates.isPlain(numbers)) {
            close();
            return maker.apply(numbers);
        }
        return new RateGate(policy, rate.changedTo(numbers), refusals, maker);
    }

    @Override
    public void close() {
        rate.close();
    }

    @Override
    public String describe() {
        return "rate-limit(" + numbers().limit() + " in "
                + DurationText.of(numbers().period()) + ")";
    }
}
