package io.holdfast.benchmarks;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetricsPublisher;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetricsPublisher;
import io.github.resilience4j.micrometer.tagged.TaggedRateLimiterMetricsPublisher;
import io.github.resilience4j.micrometer.tagged.TaggedRetryMetricsPublisher;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.Retry;
import io.holdfast.circuitbreaker.Pipeline;
import io.holdfast.circuitbreaker.Policies;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the pipeline costs around a call that does nothing, beside plain Resilience4j doing the same: breaker, rate limit, bulkhead and retry, with and without metrics.
 * {@code benchmarks/run-pipeline} prints nanoseconds and bytes for one and for two threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls build() first
public class PipelineBenchmark {
    private static final int UNREACHED = 100_000_000;

    private final Environment environment = Environment.system();
    private final String answer = "answer";
    private final Callable<String> call = () -> answer;
    private Policies policies;
    private Pipeline stack;
    private Pipeline timed;
    private Pipeline breaker;
    private Callable<String> plain;
    private Callable<String> plainMeasured;

    /** Builds both. */
    @Setup
    public void build() {
        FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);
        PolicyConfig limited = PolicyConfig.NONE.withRateLimit(new RateLimitConfig(UNREACHED, Duration.ofSeconds(1)));
        policies = Policies.of(
                environment,
                new SimpleMeterRegistry(),
                recorder,
                new PoliciesConfig(Map.of("stack", limited, "timed", limited)));
        stack = policies.pipeline("stack")
                .circuitBreaker()
                .bulkhead()
                .idempotent()
                .retry()
                .build();
        timed = policies.pipeline("timed")
                .circuitBreaker()
                .bulkhead()
                .idempotent()
                .retry()
                .timeout(Duration.ofSeconds(1))
                .build();
        breaker = policies.pipeline("breaker").circuitBreaker().build();
        plain = resilience4j(false);
        plainMeasured = resilience4j(true);
    }

    private Callable<String> resilience4j(boolean measured) {
        CircuitBreaker circuit = CircuitBreaker.ofDefaults("plain");
        RateLimiter limiter = RateLimiter.of(
                "plain",
                RateLimiterConfig.custom()
                        .limitForPeriod(UNREACHED)
                        .limitRefreshPeriod(Duration.ofSeconds(1))
                        .timeoutDuration(Duration.ZERO)
                        .build());
        Bulkhead bulkhead = Bulkhead.of(
                "plain", BulkheadConfig.custom().maxConcurrentCalls(64).build());
        Retry retry = Retry.ofDefaults("plain");
        if (measured) {
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            new TaggedCircuitBreakerMetricsPublisher(meters).publishMetrics(circuit);
            new TaggedRateLimiterMetricsPublisher(meters).publishMetrics(limiter);
            new TaggedBulkheadMetricsPublisher(meters).publishMetrics(bulkhead);
            new TaggedRetryMetricsPublisher(meters).publishMetrics(retry);
        }
        Callable<String> bulkheaded = Bulkhead.decorateCallable(bulkhead, call);
        Callable<String> limitedCall = RateLimiter.decorateCallable(limiter, bulkheaded);
        return Retry.decorateCallable(retry, CircuitBreaker.decorateCallable(circuit, limitedCall));
    }

    /** Stops the timers. */
    @TearDown
    public void close() {
        policies.close();
        environment.close();
    }

    /**
     * The call alone.
     *
     * @return its result
     * @throws Exception never
     */
    @Benchmark
    public String call() throws Exception {
        return call.call();
    }

    /**
     * Retry, breaker, rate limit, bulkhead; with metrics.
     *
     * @return the result
     * @throws Exception never
     */
    @Benchmark
    public String holdfast() throws Exception {
        return stack.call(call);
    }

    /**
     * The same with a timeout that interrupts.
     *
     * @return the result
     * @throws Exception never
     */
    @Benchmark
    public String holdfastWithTimeout() throws Exception {
        return timed.call(call);
    }

    /**
     * The breaker alone; with metrics.
     *
     * @return the result
     * @throws Exception never
     */
    @Benchmark
    public String holdfastBreakerOnly() throws Exception {
        return breaker.call(call);
    }

    /**
     * Retry, breaker, rate limit, bulkhead of Resilience4j; without metrics.
     *
     * @return the result
     * @throws Exception never
     */
    @Benchmark
    public String resilience4jWithoutMetrics() throws Exception {
        return plain.call();
    }

    /**
     * Retry, breaker, rate limit, bulkhead of Resilience4j; with its metrics.
     *
     * @return the result
     * @throws Exception never
     */
    @Benchmark
    public String resilience4j() throws Exception {
        return plainMeasured.call();
    }
}
