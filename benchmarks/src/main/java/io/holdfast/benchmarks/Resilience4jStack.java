package io.holdfast.benchmarks;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetricsPublisher;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetricsPublisher;
import io.github.resilience4j.micrometer.tagged.TaggedRateLimiterMetricsPublisher;
import io.github.resilience4j.micrometer.tagged.TaggedRetryMetricsPublisher;
import io.github.resilience4j.micrometer.tagged.TaggedTimeLimiterMetricsPublisher;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/** Plain Resilience4j, stacked by hand: retry, breaker, rate limit, bulkhead and, where asked for, timeout. */
final class Resilience4jStack {
    private final CircuitBreaker circuit = CircuitBreaker.ofDefaults("plain");
    private final RateLimiter limiter = RateLimiter.of(
            "plain",
            RateLimiterConfig.custom()
                    .limitForPeriod(PipelineBenchmark.UNREACHED)
                    .limitRefreshPeriod(Duration.ofSeconds(1))
                    .timeoutDuration(Duration.ZERO)
                    .build());
    private final Bulkhead bulkhead =
            Bulkhead.of("plain", BulkheadConfig.custom().maxConcurrentCalls(64).build());
    private final Retry retry = Retry.ofDefaults("plain");
    private final TimeLimiter timeout = TimeLimiter.of(Duration.ofSeconds(1));

    Resilience4jStack measured() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        new TaggedCircuitBreakerMetricsPublisher(meters).publishMetrics(circuit);
        new TaggedRateLimiterMetricsPublisher(meters).publishMetrics(limiter);
        new TaggedBulkheadMetricsPublisher(meters).publishMetrics(bulkhead);
        new TaggedRetryMetricsPublisher(meters).publishMetrics(retry);
        new TaggedTimeLimiterMetricsPublisher(meters).publishMetrics(timeout);
        return this;
    }

    Callable<String> around(Callable<String> call) {
        Callable<String> limited = RateLimiter.decorateCallable(limiter, Bulkhead.decorateCallable(bulkhead, call));
        return Retry.decorateCallable(retry, CircuitBreaker.decorateCallable(circuit, limited));
    }

    /** Its timeout of a synchronous call waits for a future, so the call runs on another thread. */
    Callable<String> withTimeout(Callable<String> call, ExecutorService threads) {
        return around(TimeLimiter.decorateFutureSupplier(timeout, () -> threads.submit(call)));
    }

    Supplier<CompletionStage<String>> aroundStage(
            Supplier<CompletionStage<String>> call, ScheduledExecutorService timers) {
        Supplier<CompletionStage<String>> timed = TimeLimiter.decorateCompletionStage(timeout, timers, call);
        Supplier<CompletionStage<String>> limited =
                RateLimiter.decorateCompletionStage(limiter, Bulkhead.decorateCompletionStage(bulkhead, timed));
        return Retry.decorateCompletionStage(retry, timers, CircuitBreaker.decorateCompletionStage(circuit, limited));
    }
}
