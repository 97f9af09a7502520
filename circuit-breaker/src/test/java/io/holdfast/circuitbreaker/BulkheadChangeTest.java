package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.Scope;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BulkheadChangeTest {
    private final ManualEnvironment environment = new ManualEnvironment();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Policies policies = Policies.of(
            environment,
            meters,
            new FlightRecorder(environment.wallClock(), 100),
            new PoliciesConfig(Map.of("catalog", bulkhead(4))));
    private final Pipeline pipeline = policies.pipeline("catalog").build();
    private final List<CompletableFuture<String>> underWay = new ArrayList<>();

    private static PolicyConfig bulkhead(int places) {
        return PolicyConfig.NONE
                .withCircuitBreaker(CircuitBreakerConfig.DEFAULT.withScope(Scope.CLUSTER))
                .withBulkhead(new BulkheadConfig(places));
    }

    private void begin(int calls) {
        for (int i = 0; i < calls; i++) {
            CompletableFuture<String> attempt = new CompletableFuture<>();
            underWay.add(attempt);
            pipeline.callAsync(() -> attempt);
        }
    }

    private void end(int calls) {
        for (int i = 0; i < calls; i++) {
            underWay.remove(0).complete("well");
        }
    }

    private void assertRefused() {
        CompletableFuture<String> refused = pipeline.callAsync(CompletableFuture::new);
        assertThatThrownBy(refused::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(BulkheadFullException.class);
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    /** What waits for calls under way, or for a lock, does not end. */
    private static <T> T elsewhere(Callable<T> task) throws Exception {
        CompletableFuture<T> ended = new CompletableFuture<>();
        try (Environment real = Environment.system()) {
            real.threads().start("elsewhere", () -> {
                try {
                    ended.complete(task.call());
                } catch (Exception e) {
                    ended.completeExceptionally(e);
                }
            });
            return ended.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aBulkheadShrinksUnderLoadAtOnceAndLetsNobodyInUntilEnoughHaveLeft() throws Exception {
        begin(4);

        elsewhere(() -> {
            policies.update("catalog", bulkhead(2));
            return "changed";
        });
        assertThat(gauge("resilience4j.bulkhead.max.allowed.concurrent.calls")).isEqualTo(2);
        assertThat(gauge("resilience4j.bulkhead.available.concurrent.calls")).isZero();
        end(2);
        assertRefused();
        end(1);
        begin(1);
        assertRefused();
        end(2);
        assertThat(gauge("resilience4j.bulkhead.available.concurrent.calls")).isEqualTo(2);
    }

    @Test
    void aBulkheadGrowsUnderLoad() {
        begin(4);
        assertRefused();

        policies.update("catalog", bulkhead(5));

        begin(1);
        assertRefused();
        end(5);
        assertThat(gauge("resilience4j.bulkhead.available.concurrent.calls")).isEqualTo(5);
    }

    @Test
    void theTimersOfTheNodeDoNotWaitForAChangeOfTheNumbers() throws Exception {
        Policy policy = pipeline.policy();
        synchronized (policy) {
            assertThat(elsewhere(policy::sharedCircuit)).isNotNull();
        }
    }
}
