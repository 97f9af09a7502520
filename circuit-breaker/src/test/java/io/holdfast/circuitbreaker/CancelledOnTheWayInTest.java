package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.HedgeConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An attempt that is cancelled while it passes the gates leaves exactly those that it has passed. */
class CancelledOnTheWayInTest {
    private static final int PLACES = 3;
    private static final PolicyConfig NUMBERS = PolicyConfig.NONE
            .withAdaptiveLimit(AdaptiveLimitConfig.DEFAULT.withLimits(4, 4, 4))
            .withBulkhead(new BulkheadConfig(PLACES))
            .withRetry(RetryConfig.DEFAULT.withBudget(1, 1000))
            .withHedge(HedgeConfig.DEFAULT
                    .withDelay(Duration.ofMillis(5), Duration.ofSeconds(1))
                    .withBudget(1, 100));

    private final ManualEnvironment environment = new ManualEnvironment();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Policies policies = Policies.of(
            environment,
            meters,
            new FlightRecorder(environment.wallClock(), 100),
            new PoliciesConfig(Map.of("p", NUMBERS)));
    private final Pipeline pipeline = policies.pipeline("p").idempotent().build();
    private final List<CompletableFuture<String>> attempts = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        policies.close();
    }

    /** A deadline makes the pipeline read the clock on the way to the gates. */
    private CompletableFuture<String> begin() throws Exception {
        Deadline deadline = Deadline.after(environment.nanoTime(), Duration.ofHours(1));
        return CallContext.EMPTY
                .withDeadline(deadline)
                .call(() -> pipeline.callAsync(() -> {
                    CompletableFuture<String> attempt = new CompletableFuture<>();
                    attempts.add(attempt);
                    return attempt;
                }));
    }

    private void teach() throws Exception {
        for (int i = 0; i < 128; i++) {
            CompletableFuture<String> call = begin();
            environment.advance(Duration.ofMillis(4)); // shorter than any delay: no second attempt
            attempts.get(attempts.size() - 1).complete("taught");
            assertThat(call).isCompleted();
        }
        attempts.clear();
    }

    private double inflight() {
        return meters.get("holdfast.overload.inflight").gauges().stream()
                .mapToDouble(Gauge::value)
                .sum();
    }

    private double free() {
        return meters.get("resilience4j.bulkhead.available.concurrent.calls")
                .gauge()
                .value();
    }

    private double hedges(String result) {
        return meters.get("holdfast.policy.hedges")
                .tag("result", result)
                .functionCounter()
                .count();
    }

    private void assertThatAllIsGivenBack() throws Exception {
        assertThat(inflight()).isZero();
        assertThat(free()).isEqualTo(PLACES);
        CompletableFuture<String> next = begin();
        assertThat(inflight()).isEqualTo(1);
        attempts.get(attempts.size() - 1).complete("next");
        assertThat(next).isCompletedWithValue("next");
    }

    @Test
    void aSecondAttemptWhoseRoundIsWonMeanwhileIsNotMade() throws Exception {
        teach();
        CompletableFuture<String> result = begin();
        environment.atNextRead(() -> attempts.get(0).complete("first"));
        environment.advance(Duration.ofMillis(6));

        assertThat(result).isCompletedWithValue("first");
        assertThat(attempts).hasSize(1);
        assertThat(hedges("lost")).isEqualTo(1);
        assertThatAllIsGivenBack();
    }

    @Test
    void aRetryThatIsCancelledMeanwhileIsNotMade() throws Exception {
        CompletableFuture<String> result = begin();
        attempts.get(0).completeExceptionally(new IOException("down"));
        environment.atNextRead(() -> result.cancel(true));
        environment.advance(Duration.ofSeconds(1));

        assertThat(result).isCancelled();
        assertThat(attempts).hasSize(1);
        assertThatAllIsGivenBack();
    }

    @Test
    void twoThreadsOfWhichOneWinsWhileTheOtherBeginsASecondAttemptGiveEverythingBack() throws Exception {
        teach();
        CyclicBarrier together = new CyclicBarrier(2);
        try (Environment real = Environment.system()) {
            for (int i = 0; i < 5_000; i++) {
                attempts.clear();
                CompletableFuture<String> result = begin();
                CompletableFuture<String> first = attempts.get(0);
                Thread winner = real.threads().start("winner", () -> {
                    try {
                        together.await();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    first.complete("first");
                });
                together.await();
                environment.advance(Duration.ofMillis(6));
                winner.join();
                assertThat(result).isCompletedWithValue("first");
                assertThat(inflight()).as("round %d", i).isZero();
                assertThat(free()).as("round %d", i).isEqualTo(PLACES);
            }
        }
        assertThat(hedges("won")).isZero();
    }
}
