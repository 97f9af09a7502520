package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.Scope;
import io.holdfast.circuitbreaker.resilience4j.Breaker;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The end of the half-open state comes from a timer and from the tried calls, on different threads. */
class HalfOpenTimerTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final ManualEnvironment environment = new ManualEnvironment();
    private final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);
    private final CircuitBreakerConfig config =
            CircuitBreakerConfig.DEFAULT.withCalls(1, 1).withRecovery(WAIT, 1);
    private final Breaker breaker = new Breaker("catalog", config, environment, new SimpleMeterRegistry(), recorder);

    private void tryAgain() {
        environment.advance(WAIT.plusMillis(1));
        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.state()).isEqualTo("half_open");
    }

    private List<String> decisions() {
        return recorder.entries().stream().map(FlightRecorder.Entry::decision).toList();
    }

    @Test
    void aTimerThatOpensTheBreakerDoesNotUndoATriedCallThatEndsMeanwhile() throws Exception {
        try (Environment real = Environment.system()) {
            assertThat(breaker.admits()).isTrue();
            breaker.failed(1, new IOException("down"));
            tryAgain();
            AtomicReference<Thread> other = new AtomicReference<>();
            environment.atNextRead(
                    () -> { // the timer is about to open the breaker
                        Thread ends = real.threads().start("tried-call", () -> breaker.succeeded(1));
                        other.set(ends);
                        while (ends.isAlive() && ends.getState() != Thread.State.BLOCKED) {
                            Thread.onSpinWait();
                        }
                    });
            environment.advance(config.halfOpenTimeout());
            other.get().join(30_000);

            assertThat(breaker.state()).isEqualTo("open");
            assertThat(decisions())
                    .as("either the call closed it or the timer opened it")
                    .noneMatch(decision -> decision.startsWith("closed"));
        }
    }

    @Test
    void aTimerOfAnEarlierTryDoesNotEndALaterOne() {
        assertThat(breaker.admits()).isTrue();
        breaker.failed(1, new IOException("down"));
        tryAgain();
        environment.advance(config.halfOpenTimeout().minusMillis(1));
        breaker.failed(1, new IOException("still down"));
        tryAgain();
        environment.advance(config.halfOpenTimeout().minusMillis(1));
        assertThat(breaker.state()).isEqualTo("half_open");
        breaker.succeeded(1);
        assertThat(breaker.state()).isEqualTo("closed");
    }

    @Test
    void callsThatBeganBeforeTheBreakerOpenedSayNothingOfACalleeThatIsTriedAgain() {
        for (int i = 0; i < 6; i++) {
            assertThat(breaker.admits()).isTrue();
        }
        breaker.failed(0, new IOException("down"));
        tryAgain();
        long old = WAIT.plusMillis(1).toNanos();
        for (int i = 0; i < 4; i++) {
            breaker.failed(old, new IOException("timed out at last"));
        }
        breaker.withdrawn(old);

        assertThat(breaker.state()).isEqualTo("half_open");
        assertThat(breaker.admits())
                .as("one call is tried, and it is under way")
                .isFalse();
        breaker.succeeded(0);
        assertThat(breaker.state()).isEqualTo("closed");
    }

    @Test
    void aStagedCallThatPassesAsTheFirstTriedOneCounts() {
        Policies policies = Policies.of(
                environment,
                new SimpleMeterRegistry(),
                recorder,
                new PoliciesConfig(Map.of("p", PolicyConfig.NONE.withCircuitBreaker(config))));
        Pipeline pipeline = policies.pipeline("p").build();
        pipeline.callAsync(() -> CompletableFuture.failedFuture(new IOException("down")));
        environment.advance(WAIT.plusMillis(1));
        environment.atNextRead(() -> environment.advance(Duration.ofMillis(1))); // on its way to the gates
        CompletableFuture<String> tried = new CompletableFuture<>();
        pipeline.callAsync(() -> tried);
        assertThat(pipeline.describe()).contains("half_open");
        tried.complete("well");
        assertThat(pipeline.describe()).contains("closed");
        policies.close();
    }

    @Test
    void aCallThatWaitedForAThreadSinceBeforeTheTryGivesBackNoPermitOfIt() {
        CallPoolTest.Played threads = new CallPoolTest.Played();
        environment.poolThreads(threads);
        PolicyConfig numbers = PolicyConfig.NONE
                .withCircuitBreaker(config)
                .withBulkhead(BulkheadConfig.pool(2, 5))
                .withTimeout(Duration.ofSeconds(60));
        Policies policies =
                Policies.of(environment, new SimpleMeterRegistry(), recorder, new PoliciesConfig(Map.of("p", numbers)));
        Pipeline pipeline = policies.pipeline("p").build();
        List<CompletableFuture<String>> waiting = new ArrayList<>();

        pipeline.callAsync(
                () -> { // keeps its thread, and opens the breaker when its time is over
                    environment.advance(Duration.ofSeconds(30));
                    CompletableFuture<String> beside = new CompletableFuture<>();
                    pipeline.callAsync(() -> beside);
                    waiting.add(pipeline.callAsync(CompletableFuture<String>::new));
                    environment.advance(Duration.ofSeconds(31).plus(WAIT));
                    CallContext.EMPTY.run(
                            () -> waiting.add(pipeline.callAsync(CompletableFuture<String>::new))); // it is tried
                    assertThat(pipeline.describe()).contains("half_open");
                    threads.may = 0;
                    beside.complete("its place is free, and no thread is");
                    assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
                    return new CompletableFuture<String>();
                });
        threads.may = Integer.MAX_VALUE;

        assertThat(pipeline.callAsync(CompletableFuture<String>::new)).isNotDone();
        assertThat(pipeline.callAsync(CompletableFuture<String>::new))
                .as("one call is tried at a time")
                .isCompletedExceptionally();
        policies.close();
    }

    private static CircuitBreakerConfig thresholds(double both, Duration slowly) {
        return new CircuitBreakerConfig(
                both,
                both,
                slowly,
                10,
                CircuitBreakerConfig.Window.COUNT,
                100,
                WAIT,
                1,
                Duration.ofMinutes(1),
                Scope.NODE);
    }

    /** So many calls of each kind in a window of 100 under thresholds that nothing reaches; then under thresholds of 50 %. */
    private String stateAfterAChange(int good, int slow, int failed, int slowFailed) {
        Duration slowly = Duration.ofSeconds(1);
        CircuitBreakerConfig lenient = thresholds(1, slowly);
        Breaker lenientBreaker = new Breaker("catalog", lenient, environment, new SimpleMeterRegistry(), recorder);
        for (int i = 0; i < good + slow + failed + slowFailed; i++) {
            assertThat(lenientBreaker.admits()).isTrue();
            long nanos = i < good || (i >= good + slow && i < good + slow + failed) ? 0 : slowly.toNanos() + 1;
            if (i < good + slow) {
                lenientBreaker.succeeded(nanos);
            } else {
                lenientBreaker.failed(nanos, new IOException("down"));
            }
        }
        Breaker changed = lenientBreaker.changedTo(thresholds(0.5, slowly));
        String counts = changed.counts();
        assertThat(changed.state().equals("open")
                        || counts.equals((failed + slowFailed) + " failed and " + (slow + slowFailed) + " slow of "
                                + (good + slow + failed + slowFailed) + " calls"))
                .as(changed.state() + ": " + counts)
                .isTrue();
        return changed.state();
    }

    @Test
    void aChangeOfTheNumbersJudgesByAllCallsTogetherAndNotMidway() {
        assertThat(stateAfterAChange(20, 22, 20, 0)).isEqualTo("closed");
        assertThat(stateAfterAChange(1, 32, 30, 2)).isEqualTo("open");
        assertThat(stateAfterAChange(10, 20, 20, 0)).isEqualTo("closed");
        assertThat(stateAfterAChange(10, 5, 5, 19)).isEqualTo("open");
        assertThat(stateAfterAChange(20, 0, 0, 19)).isEqualTo("closed");
        assertThat(stateAfterAChange(20, 20, 5, 2)).isEqualTo("closed");
        assertThat(stateAfterAChange(20, 5, 20, 2)).isEqualTo("closed");
        assertThat(stateAfterAChange(20, 21, 0, 0)).isEqualTo("open");
    }
}
