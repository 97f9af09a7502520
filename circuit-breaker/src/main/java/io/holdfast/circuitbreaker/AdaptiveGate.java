package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.overload.AdaptiveLimiter;
import io.holdfast.circuitbreaker.overload.Outcome;
import io.holdfast.circuitbreaker.overload.OverloadMeters;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.MonotonicClock;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Refuses attempts beyond a learnt number at once, those of the lowest criticality first. */
record AdaptiveGate(
        String policy,
        AdaptiveLimitConfig numbers,
        AdaptiveLimiter limiter,
        MonotonicClock clock,
        OverloadMeters meters,
        Refusals refusals)
        implements Gate<AdaptiveLimitConfig> {
    private static final long SHORTEST_WAIT_NANOS = 10_000_000;
    private static final long LONGEST_WAIT_NANOS = 1_000_000_000;

    static AdaptiveGate of(
            String policy,
            AdaptiveLimitConfig numbers,
            MonotonicClock clock,
            MeterRegistry registry,
            Refusals refusals) {
        AdaptiveLimiter limiter = new AdaptiveLimiter(numbers, clock);
        OverloadMeters meters = new OverloadMeters(policy, registry);
        meters.limiter(limiter);
        meters.refused("limit", limiter::refused);
        return new AdaptiveGate(policy, numbers, limiter, clock, meters, refusals);
    }

    @Override
    public void enter(String place, Criticality criticality) {
        if (!limiter.enter(criticality)) {
            refusals.note();
            throw OverloadedException.withoutTrace(
                    "the adaptive limit of policy " + policy + " (" + limiter.limit() + " calls at once, "
                            + limiter.inflight() + " run) refuses " + place + ", a " + criticality
                            + " call; call less often, or see whether the callee is slower than it should be",
                    Duration.ofNanos(Math.min(LONGEST_WAIT_NANOS, Math.max(SHORTEST_WAIT_NANOS, limiter.meanNanos()))));
        }
    }

    @Override
    public void leave(Criticality criticality, Ending ending, long nanos, @Nullable Throwable error) {
        limiter.leave(criticality, outcome(ending, error), nanos, clock.nanoTime());
    }

    /** A quick failure is no sign of room, and a slow one none of load: only the breaker judges those. */
    private static Outcome outcome(Ending ending, @Nullable Throwable error) {
        if (ending == Ending.GOOD) {
            return Outcome.DONE;
        }
        boolean dropped = error instanceof OverloadedException
                || error instanceof DeadlineExceededException
                || error instanceof TimeoutException;
        return dropped ? Outcome.DROPPED : Outcome.SILENT;
    }

    @Override
    public void withdraw(Criticality criticality, long nanos) {
        limiter.withdraw(criticality);
    }

    @Override
    public boolean timed() {
        return true;
    }

    @Override
    public boolean ranks() {
        return true;
    }

    @Override
    public AdaptiveGate changedTo(AdaptiveLimitConfig changed) {
        limiter.change(changed);
        return new AdaptiveGate(policy, changed, limiter, clock, meters, refusals);
    }

    @Override
    public void close() {
        meters.close();
    }

    @Override
    public String describe() {
        return "adaptive-limit(" + numbers.algorithm().name().toLowerCase(Locale.ROOT) + ", " + limiter.limit() + " of "
                + numbers.minLimit() + " to " + numbers.maxLimit() + ")";
    }
}
