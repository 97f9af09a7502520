package io.holdfast.benchmarks;

import dev.failsafe.Bulkhead;
import dev.failsafe.CircuitBreaker;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RateLimiter;
import dev.failsafe.RetryPolicy;
import dev.failsafe.Timeout;
import java.time.Duration;
import java.util.concurrent.Callable;

/** The same five of Failsafe; it keeps no metrics. */
final class FailsafeStack {
    private FailsafeStack() {}

    static Callable<String> around(Callable<String> call) {
        FailsafeExecutor<String> executor = Failsafe.with(
                RetryPolicy.<String>ofDefaults(),
                CircuitBreaker.<String>ofDefaults(),
                RateLimiter.<String>burstyBuilder(PipelineBenchmark.UNREACHED, Duration.ofSeconds(1))
                        .build(),
                Bulkhead.<String>of(64),
                Timeout.<String>builder(Duration.ofSeconds(1)).withInterrupt().build());
        return () -> executor.get(call::call);
    }
}
