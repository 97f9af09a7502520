package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClosingTest {
    private final ManualEnvironment environment = new ManualEnvironment();

    @Test
    void closingEndsAThreadThatWaitsForARetryWithItsLastFailure() throws Exception {
        Policies policies = Policies.of(
                environment,
                new SimpleMeterRegistry(),
                new FlightRecorder(environment.wallClock(), 100),
                new PoliciesConfig(Map.of("catalog", PolicyConfig.NONE.withRetry(RetryConfig.DEFAULT))));
        Pipeline pipeline = policies.pipeline("catalog").idempotent().build();
        CompletableFuture<Exception> failure = new CompletableFuture<>();
        try (Environment real = Environment.system()) {
            real.threads().start("caller", () -> {
                try {
                    pipeline.call(() -> {
                        throw new IOException("down");
                    });
                } catch (Exception e) {
                    failure.complete(e);
                }
            });
            await().until(() -> environment.timers() == 1);
            policies.close();
            assertThat(failure.get(10, TimeUnit.SECONDS)).hasMessage("down");
        }
    }
}
