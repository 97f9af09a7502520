package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AsyncPipelineTest {
    private final ManualEnvironment environment = new ManualEnvironment();
    private final List<CompletableFuture<String>> attempts = new ArrayList<>();

    private Policies policies(PolicyConfig config) {
        return Policies.of(
                environment,
                new SimpleMeterRegistry(),
                new FlightRecorder(environment.wallClock(), 100),
                new PoliciesConfig(Map.of("catalog", config)));
    }

    private Pipeline pipeline(PolicyConfig config) {
        return policies(config).pipeline("catalog").idempotent().build();
    }

    private CompletableFuture<String> attempt() {
        CompletableFuture<String> attempt = new CompletableFuture<>();
        attempts.add(attempt);
        return attempt;
    }

    private void fail(int attempt) {
        attempts.get(attempt).completeExceptionally(new IOException("down"));
    }

    @Test
    void aFailedAttemptIsFollowedByAnotherAfterTheBackoffInTheContextOfTheCaller() {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withRetry(RetryConfig.DEFAULT));
        List<String> ids = new ArrayList<>();
        CompletableFuture<String> result;
        try (var scope = CallContext.EMPTY.withCorrelationId("request-1").open()) {
            assertThat(scope).isNotNull();
            result = pipeline.callAsync(() -> {
                ids.add(CallContext.current().correlationId());
                return attempt();
            });
        }
        fail(0);
        assertThat(attempts).hasSize(1);
        environment.advance(Duration.ofMillis(50));
        assertThat(attempts).hasSize(2);
        attempts.get(1).complete("second");

        assertThat(result).isCompletedWithValue("second");
        assertThat(ids).containsExactly("request-1", "request-1");
    }

    @Test
    void theLastFailureIsTheResultWhenNoRetryIsLeft() {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withRetry(RetryConfig.DEFAULT.withMaxRetries(1)));
        CompletableFuture<String> result = pipeline.callAsync(this::attempt);
        fail(0);
        environment.advance(Duration.ofSeconds(1));
        fail(1);

        assertThatThrownBy(result::join).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aTimeoutCancelsTheStageAndFreesThePlace() {
        Pipeline pipeline =
                pipeline(PolicyConfig.NONE.withTimeout(Duration.ofMillis(300)).withBulkhead(new BulkheadConfig(1)));
        CompletableFuture<String> result = pipeline.callAsync(this::attempt);
        environment.advance(Duration.ofMillis(300));

        assertThatThrownBy(result::join).hasCauseInstanceOf(DeadlineExceededException.class);
        assertThat(attempts.get(0)).isCancelled();
        CompletableFuture<String> next = pipeline.callAsync(this::attempt);
        attempts.get(1).complete("next");
        assertThat(next).isCompletedWithValue("next");
        assertThat(environment.timers()).isZero();
    }

    @Test
    void cancellingTheResultCancelsTheAttemptAndFreesThePlace() {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withBulkhead(new BulkheadConfig(1)));
        pipeline.callAsync(this::attempt).cancel(true);

        assertThat(attempts.get(0)).isCancelled();
        assertThat(pipeline.callAsync(() -> CompletableFuture.completedFuture("next")))
                .isCompletedWithValue("next");
    }

    @Test
    void cancellingTheResultStopsTheRetries() {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withRetry(RetryConfig.DEFAULT));
        CompletableFuture<String> result = pipeline.callAsync(this::attempt);
        fail(0);
        result.cancel(true);
        environment.advance(Duration.ofSeconds(10));

        assertThat(attempts).hasSize(1);
    }

    @Test
    void closingEndsACallThatWaitsForARetryWithItsLastFailure() {
        Policies policies = policies(PolicyConfig.NONE.withRetry(RetryConfig.DEFAULT));
        Pipeline pipeline = policies.pipeline("catalog").idempotent().build();
        CompletableFuture<String> waiting = pipeline.callAsync(this::attempt);
        fail(0);
        assertThat(waiting).isNotDone();
        policies.close();
        assertThatThrownBy(waiting::join).hasCauseInstanceOf(IOException.class);

        CompletableFuture<String> late = pipeline.callAsync(this::attempt);
        fail(1);
        assertThatThrownBy(late::join).hasCauseInstanceOf(IOException.class);
        environment.advance(Duration.ofSeconds(10));
        assertThat(attempts).hasSize(2);
    }

    @Test
    void aSupplierThatThrowsIsAFailedAttempt() {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withBulkhead(new BulkheadConfig(1)));
        for (int i = 0; i < 3; i++) {
            CompletableFuture<String> result = pipeline.callAsync(() -> {
                throw new IllegalStateException("not started");
            });
            assertThatThrownBy(result::join).hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void theFallbackAnswersForAStageThatFailed() {
        Pipeline pipeline = pipeline(PolicyConfig.NONE);
        CompletableFuture<String> result = pipeline.callAsync(
                this::attempt, error -> CompletableFuture.completedFuture("instead of " + error.getMessage()));
        fail(0);

        assertThat(result).isCompletedWithValue("instead of down");
    }

    @Test
    void theFallbackIsAskedInTheContextOfTheCaller() {
        Pipeline pipeline = pipeline(PolicyConfig.NONE);
        CompletableFuture<String> result;
        try (var scope = CallContext.EMPTY.withCorrelationId("request-1").open()) {
            assertThat(scope).isNotNull();
            result = pipeline.callAsync(
                    this::attempt,
                    error -> CompletableFuture.completedFuture(
                            CallContext.current().correlationId()));
        }
        fail(0);

        assertThat(result).isCompletedWithValue("request-1");
        assertThat(CallContext.current()).isSameAs(CallContext.EMPTY);
    }

    @Test
    void triedCallsThatNeverEndOpenTheBreakerAgainInsteadOfBlockingItForEver() {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withCircuitBreaker(
                CircuitBreakerConfig.DEFAULT.withCalls(1, 1).withRecovery(Duration.ofSeconds(5), 1)));
        pipeline.callAsync(this::attempt);
        fail(0);
        environment.advance(Duration.ofMillis(5001));
        pipeline.callAsync(this::attempt);
        assertThat(pipeline.callAsync(this::attempt)).isCompletedExceptionally();
        assertThat(attempts).hasSize(2);

        environment.advance(Duration.ofMinutes(1));
        environment.advance(Duration.ofMillis(5001));

        assertThat(pipeline.callAsync(() -> CompletableFuture.completedFuture("tried")))
                .isCompletedWithValue("tried");
        assertThat(pipeline.describe()).contains("closed");
    }
}
