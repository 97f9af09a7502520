package io.holdfast.benchmarks;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
 * What the pipeline costs around a call that does nothing, beside plain Resilience4j and Failsafe doing the same: breaker, rate limit, bulkhead and retry, without a timeout and with one.
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
    static final int UNREACHED = 100_000_000;

    private final Environment environment = Environment.system();
    private final String answer = "answer";
    private final Callable<String> call = () -> answer;
    private Policies policies;
    private Pipeline stack;
    private Pipeline timed;
    private Pipeline breaker;
    private Callable<String> plain;
    private Callable<String> plainMeasured;
    private Callable<String> plainTimed;
    private Callable<String> failsafe;
    private final Supplier<CompletionStage<String>> stage = () -> CompletableFuture.completedFuture(answer);
    private Supplier<CompletionStage<String>> plainStage;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();

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
        plain = new Resilience4jStack().around(call);
        plainMeasured = new Resilience4jStack().measured().around(call);
        plainTimed = new Resilience4jStack().measured().withTimeout(call, threads);
        plainStage = new Resilience4jStack().measured().aroundStage(stage, timers);
        failsafe = FailsafeStack.around(call);
    }

    /** Stops the timers. */
    @TearDown
    public void close() {
        threads.shutdown();
        timers.shutdown();
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

    /**
     * The five of Resilience4j; with its metrics. The call runs on another thread, as its timeout needs.
     *
     * @return the result
     * @throws Exception never
     */
    @Benchmark
    public String resilience4jWithTimeout() throws Exception {
        return plainTimed.call();
    }

    /**
     * The five of Failsafe, which has no metrics.
     *
     * @return the result
     * @throws Exception never
     */
    @Benchmark
    public String failsafeWithTimeout() throws Exception {
        return failsafe.call();
    }

    /**
     * The five around a stage that is complete.
     *
     * @return the result
     */
    @Benchmark
    public CompletionStage<String> holdfastStageWithTimeout() {
        return timed.callAsync(stage);
    }

    /**
     * The five of Resilience4j around such a stage; with its metrics.
     *
     * @return the result
     */
    @Benchmark
    public CompletionStage<String> resilience4jStageWithTimeout() {
        return plainStage.get();
    }
}
