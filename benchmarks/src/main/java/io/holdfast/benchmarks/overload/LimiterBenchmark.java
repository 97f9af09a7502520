package io.holdfast.benchmarks.overload;

import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.VegasLimit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.config.AdmissionConfig;
import io.holdfast.circuitbreaker.overload.AdaptiveLimiter;
import io.holdfast.circuitbreaker.overload.Admission;
import io.holdfast.circuitbreaker.overload.Outcome;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What an admitted call costs from entering to leaving, both readings of the clock included, beside Netflix concurrency-limits. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LimiterBenchmark {
    private final Environment environment = Environment.system();
    private final MonotonicClock clock = environment.clock();
    private final AdaptiveLimiter ours = new AdaptiveLimiter(AdaptiveLimitConfig.DEFAULT, clock);
    private final Admission admission = Admission.of(
            AdmissionConfig.DEFAULT.withAdaptiveLimit(AdaptiveLimitConfig.DEFAULT),
            environment,
            new SimpleMeterRegistry(),
            new FlightRecorder(environment.wallClock(), 100));
    private final Limiter<Void> gradient2 =
            SimpleLimiter.newBuilder().limit(Gradient2Limit.newDefault()).build();
    private final Limiter<Void> windowed = SimpleLimiter.newBuilder()
            .limit(WindowedLimit.newBuilder().build(Gradient2Limit.newDefault()))
            .build();
    private final Limiter<Void> vegas =
            SimpleLimiter.newBuilder().limit(VegasLimit.newDefault()).build();

    /** Stops the timers. */
    @TearDown
    public void close() {
        admission.close();
        environment.close();
    }

    /**
     * Our limiter.
     *
     * @return whether it let the call in
     */
    @Benchmark
    public boolean holdfast() {
        long start = clock.nanoTime();
        boolean in = ours.enter(Criticality.CRITICAL);
        if (in) {
            long now = clock.nanoTime();
            ours.leave(Criticality.CRITICAL, Outcome.DONE, now - start, now);
        }
        return in;
    }

    /**
     * Our admission at a server: processor, heap, queue and limit.
     *
     * @return whether it let the call in
     */
    @Benchmark
    public boolean holdfastAdmission() {
        long start = clock.nanoTime();
        boolean in = admission.arrive(Criticality.CRITICAL, start) == null;
        if (in) {
            long now = clock.nanoTime();
            admission.begin(Criticality.CRITICAL, start, now);
            admission.end(Criticality.CRITICAL, Outcome.DONE, now - start, now);
        }
        return in;
    }

    /**
     * Netflix, Gradient2 for each sample.
     *
     * @return whether it let the call in
     */
    @Benchmark
    public boolean netflixGradient2() {
        return through(gradient2);
    }

    /**
     * Netflix, Gradient2 by windows.
     *
     * @return whether it let the call in
     */
    @Benchmark
    public boolean netflixGradient2Windowed() {
        return through(windowed);
    }

    /**
     * Netflix, Vegas for each sample.
     *
     * @return whether it let the call in
     */
    @Benchmark
    public boolean netflixVegas() {
        return through(vegas);
    }

    private static boolean through(Limiter<Void> limiter) {
        Limiter.Listener listener = limiter.acquire(null).orElse(null);
        if (listener == null) {
            return false;
        }
        listener.onSuccess();
        return true;
    }
}
