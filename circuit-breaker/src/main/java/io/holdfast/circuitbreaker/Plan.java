package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.circuitbreaker.resilience4j.Breaker;
import io.holdfast.circuitbreaker.resilience4j.Concurrency;
import io.holdfast.circuitbreaker.resilience4j.Rate;
import io.holdfast.core.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline does for one state of its policy, worked out once and used until the policy changes.
 *
 * @param source the state it was made from
 * @param breaker the stage or null
 * @param rate the stage or null
 * @param bulkhead the stage or null
 * @param retry the numbers of the stage or null
 * @param timeout the number of the stage or null
 */
record Plan(
        Policy.Live source,
        @Nullable Breaker breaker,
        @Nullable Rate rate,
        @Nullable Concurrency bulkhead,
        @Nullable RetryConfig retry,
        @Nullable Duration timeout) {

    static Plan of(Policy.Live live, Pipeline.Asked asked) {
        PolicyConfig config = live.config();
        boolean breaker = config.circuitBreaker().isPresent() || asked.wants(Policy.Stage.CIRCUIT_BREAKER);
        boolean bulkhead = config.bulkhead().isPresent() || asked.wants(Policy.Stage.BULKHEAD);
        return new Plan(
                live,
                breaker ? live.breaker() : null,
                live.rate(),
                bulkhead ? live.bulkhead() : null,
                config.retry().orElse(asked.retryNumbers()),
                config.timeout().orElse(asked.timeout()));
    }

    String describe() {
        List<String> stages = new ArrayList<>();
        if (retry != null) {
            stages.add("retry(" + retry.maxRetries() + ", " + DurationText.of(retry.backoff()) + " to "
                    + DurationText.of(retry.maxBackoff()) + ", budget " + percent(retry.budgetRatio()) + ")");
        }
        if (breaker != null) {
            stages.add("circuit-breaker(" + percent(breaker.config().failureRateThreshold()) + " of "
                    + breaker.config().minimumCalls() + " calls, " + breaker.state() + ")");
        }
        if (rate != null) {
            stages.add("rate-limit(" + rate.config().limit() + " in "
                    + DurationText.of(rate.config().period()) + ")");
        }
        if (bulkhead != null) {
            stages.add("bulkhead(" + bulkhead.places() + ")");
        }
        if (timeout != null) {
            stages.add("timeout(" + DurationText.of(timeout) + ")");
        }
        stages.add("call");
        return String.join(" > ", stages);
    }

    private static String percent(double ratio) {
        return Math.round(ratio * 1000) / 10.0 + "%";
    }
}
