package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.RetryLedger;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RetryRulesTest {
    private static final RetryConfig GENEROUS = RetryConfig.DEFAULT.withBudget(1, 1000);

    private final ManualEnvironment environment = new ManualEnvironment().leaping();
    private final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);

    private PipelineBuilder pipeline(PolicyConfig catalog) {
        return Policies.of(
                        environment,
                        new SimpleMeterRegistry(),
                        recorder,
                        new PoliciesConfig(Map.of("catalog", catalog)))
                .pipeline("catalog");
    }

    private static List<Long> waits(RetryConfig numbers, int count) {
        Backoff backoff = Backoff.of(numbers, new Random(42));
        List<Long> waits = new ArrayList<>();
        Duration previous = Duration.ZERO;
        for (int made = 0; made < count; made++) {
            previous = backoff.wait(made, previous, new IOException("down"));
            waits.add(previous.toMillis());
        }
        return waits;
    }

    private static RetryConfig without(RetryConfig.Strategy strategy) {
        return new RetryConfig(10, strategy, Duration.ofMillis(10), 2, Duration.ofMillis(100), 0, 1, 1000);
    }

    @Test
    void exponentialWaitsDoubleUpToTheLongest() {
        assertThat(waits(without(RetryConfig.Strategy.EXPONENTIAL), 6)).containsExactly(10L, 20L, 40L, 80L, 100L, 100L);
    }

    @Test
    void fibonacciWaitsGrowByTheSumOfTheLastTwo() {
        assertThat(waits(without(RetryConfig.Strategy.FIBONACCI), 8))
                .containsExactly(10L, 10L, 20L, 30L, 50L, 80L, 100L, 100L);
    }

    @Test
    void decorrelatedWaitsLieBetweenTheFirstAndThreeTimesTheLast() {
        RetryConfig numbers = without(RetryConfig.Strategy.DECORRELATED);
        List<Long> drawn = waits(numbers, 1000);

        long previous = 10;
        for (long wait : drawn) {
            assertThat(wait).isBetween(10L, Math.min(100, 3 * Math.max(10, previous + 1)));
            previous = wait;
        }
        assertThat(drawn.stream().distinct().count()).isGreaterThan(50);
    }

    @Test
    void theCodesOwnBackoffSeesTheLastWaitAndIsCutToTheLongest() {
        List<Duration> seen = new ArrayList<>();
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withRetry(GENEROUS.withMaxRetries(3)))
                .idempotent()
                .retry()
                .backoff((made, previous, error) -> {
                    seen.add(previous);
                    return Duration.ofMillis(made == 1 ? 5_000 : 7);
                })
                .build();
        long start = environment.nanoTime();

        assertThatThrownBy(() -> pipeline.call(() -> {
                    throw new IOException("down");
                }))
                .isInstanceOf(IOException.class);

        assertThat(seen).containsExactly(Duration.ZERO, Duration.ofMillis(7), Duration.ofSeconds(1));
        assertThat(Duration.ofNanos(environment.nanoTime() - start)).isEqualTo(Duration.ofMillis(7 + 1000 + 7));
    }

    @Test
    void aFailedResultIsRetriedCountsForTheBreakerAndIsGivenWhenNoRetryIsLeft() throws Exception {
        AtomicInteger made = new AtomicInteger();
        Pipeline pipeline = pipeline(PolicyConfig.NONE
                        .withRetry(GENEROUS.withMaxRetries(2))
                        .withCircuitBreaker(CircuitBreakerConfig.DEFAULT.withCalls(5, 10)))
                .idempotent()
                .failsOn(result -> result.equals(503))
                .build();

        assertThat(pipeline.call(() -> made.incrementAndGet() < 2 ? 503 : 200)).isEqualTo(200);
        assertThat(made).hasValue(2);
        assertThat(pipeline.call(() -> 503, error -> -1)).isEqualTo(503);
        assertThatThrownBy(() -> pipeline.call(() -> 200)).isInstanceOf(CircuitOpenException.class);
    }

    @Test
    void aFailedResultOfAStageIsRetriedToo() {
        AtomicInteger made = new AtomicInteger();
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withRetry(GENEROUS.withMaxRetries(2)))
                .idempotent()
                .failsOn(result -> result.equals(503))
                .build();

        assertThat(pipeline.callAsync(() -> CompletableFuture.completedFuture(made.incrementAndGet() < 2 ? 503 : 200))
                        .join())
                .isEqualTo(200);
        assertThat(pipeline.callAsync(() -> CompletableFuture.completedFuture(503))
                        .join())
                .isEqualTo(503);
    }

    @Test
    void whatRetryIfRefusesIsNotTriedAgain() {
        AtomicInteger made = new AtomicInteger();
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withRetry(GENEROUS))
                .idempotent()
                .retryIf(error -> !(error instanceof IllegalStateException))
                .build();

        assertThatThrownBy(() -> pipeline.call(() -> {
                    made.incrementAndGet();
                    throw new IllegalStateException("broken for good");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(made).hasValue(1);
    }

    @Test
    void ignoredExceptionsDoNotOpenTheBreaker() {
        Pipeline pipeline = pipeline(
                        PolicyConfig.NONE.withCircuitBreaker(CircuitBreakerConfig.DEFAULT.withCalls(2, 10)))
                .ignores(IllegalArgumentException.class::isInstance)
                .build();
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> pipeline.call(() -> {
                        throw new IllegalArgumentException("the caller's own fault");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(pipeline.describe()).contains("closed");
    }

    @Test
    void aFallbackStandsInOnlyForWhatItCovers() throws Exception {
        Pipeline pipeline = pipeline(PolicyConfig.NONE)
                .covers(IOException.class::isInstance)
                .build();

        assertThat(pipeline.<String>call(
                        () -> {
                            throw new IOException("down");
                        },
                        error -> "covered"))
                .isEqualTo("covered");
        assertThatThrownBy(() -> pipeline.<String>call(
                        () -> {
                            throw new IllegalStateException("broken");
                        },
                        error -> "covered"))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theRetryAfterOfAForeignExceptionIsWaitedFor() throws Exception {
        AtomicInteger made = new AtomicInteger();
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withRetry(GENEROUS))
                .idempotent()
                .retryAfter(error -> Optional.of(Duration.ofMillis(900)))
                .build();
        long start = environment.nanoTime();

        pipeline.call(() -> {
            if (made.incrementAndGet() == 1) {
                throw new IOException("429");
            }
            return "well";
        });

        assertThat(environment.nanoTime() - start)
                .isEqualTo(Duration.ofMillis(900).toNanos());
    }

    @Test
    void noAttemptBeginsAfterTheDeadline() throws Exception {
        AtomicInteger made = new AtomicInteger();
        Pipeline pipeline = pipeline(PolicyConfig.NONE).build();
        CallContext late = CallContext.EMPTY.withDeadline(new Deadline(environment.nanoTime() - 1));

        assertThatThrownBy(() -> late.call(() -> pipeline.call(made::incrementAndGet)))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("was not begun");
        CompletableFuture<Integer> staged =
                late.call(() -> pipeline.callAsync(() -> CompletableFuture.completedFuture(made.incrementAndGet())));
        assertThat(staged).isCompletedExceptionally();
        assertThat(made).hasValue(0);
    }

    @Test
    void aRetryLeavesOnlyItsOwnRestToTheCallsBelow() {
        List<Integer> budgets = new ArrayList<>();
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withRetry(GENEROUS.withMaxRetries(3)))
                .idempotent()
                .build();

        assertThatThrownBy(() -> pipeline.call(() -> {
                    budgets.add(CallContext.current().retryBudget());
                    throw new IOException("down");
                }))
                .isInstanceOf(IOException.class);

        assertThat(budgets).containsExactly(CallContext.UNLIMITED_RETRIES, 2, 1, 0);
    }

    @Test
    void whoeverIsServedLearnsThatACallBelowWasRetriedInVain() {
        RetryLedger ledger = new RetryLedger();
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withRetry(GENEROUS.withMaxRetries(1)))
                .idempotent()
                .build();

        catchThrowableOfType(
                IOException.class,
                () -> CallContext.EMPTY
                        .withLedger(ledger)
                        .call(() -> pipeline.call(() -> {
                            throw new IOException("down");
                        })));

        assertThat(ledger.isExhausted()).isTrue();
    }

    @Test
    void aCallThatIsNotRetriedByItsNatureLeavesTheLedgerEmpty() {
        RetryLedger ledger = new RetryLedger();
        Pipeline once = pipeline(PolicyConfig.NONE.withRetry(GENEROUS)).build();

        catchThrowableOfType(
                IOException.class,
                () -> CallContext.EMPTY
                        .withLedger(ledger)
                        .call(() -> once.call(() -> {
                            throw new IOException("not idempotent");
                        })));

        assertThat(ledger.isExhausted()).isFalse();
    }

    @Test
    void aTierWithoutRetriesPassesOnThatACallBelowWasRetriedInVain() throws Exception {
        Pipeline once = pipeline(PolicyConfig.NONE).idempotent().build();
        class RetriedBelow extends HoldfastException {
            RetriedBelow() {
                super("down", Retry.EXHAUSTED, null);
            }
        }

        RetryLedger sync = new RetryLedger();
        assertThatThrownBy(() -> CallContext.EMPTY
                        .withLedger(sync)
                        .call(() -> once.call(() -> {
                            throw new RetriedBelow();
                        })))
                .isInstanceOf(RetriedBelow.class);
        RetryLedger staged = new RetryLedger();
        CompletableFuture<String> stage = CallContext.EMPTY
                .withLedger(staged)
                .call(() -> once.callAsync(() -> CompletableFuture.failedFuture(new RetriedBelow())));

        assertThat(stage).isCompletedExceptionally();
        assertThat(sync.isExhausted()).isTrue();
        assertThat(staged.isExhausted()).isTrue();
    }

    /** A call whose first attempt fails and whose second goes well, with functions of the user that throw. */
    private void assertThatItGoesWell(UnaryOperator<PipelineBuilder> broken) throws Exception {
        Pipeline pipeline = broken.apply(pipeline(PolicyConfig.NONE.withRetry(GENEROUS)))
                .idempotent()
                .build();
        AtomicInteger made = new AtomicInteger();
        List<IOException> failures = List.of(new IOException("sync"), new IOException("async"));

        assertThat(pipeline.<String>call(() -> {
                    if (made.incrementAndGet() == 1) {
                        throw failures.get(0);
                    }
                    return "well";
                }))
                .isEqualTo("well");
        made.set(0);
        CompletableFuture<String> staged = pipeline.callAsync(() -> made.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(failures.get(1))
                : CompletableFuture.completedFuture("well"));

        environment.advance(Duration.ofSeconds(5));
        assertThat(staged).isCompletedWithValue("well");
        assertThat(failures)
                .allSatisfy(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .satisfies(thrown -> assertThat(thrown).hasMessage("broken function")));
    }

    @Test
    void aBackoffThatThrowsIsReplacedByTheNumbers() throws Exception {
        assertThatItGoesWell(builder -> builder.backoff((made, previous, error) -> {
            throw new IllegalStateException("broken function");
        }));
    }

    @Test
    void aRetryAfterThatThrowsCountsAsNone() throws Exception {
        assertThatItGoesWell(builder -> builder.retryAfter(error -> {
            throw new AssertionError("broken function");
        }));
    }

    @Test
    void aTestThatThrowsAnErrorCountsAsFalseAndKeepsNoPlace() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Pipeline pipeline = Policies.of(
                        environment,
                        meters,
                        recorder,
                        new PoliciesConfig(Map.of("catalog", PolicyConfig.NONE.withBulkhead(new BulkheadConfig(1)))))
                .pipeline("catalog")
                .answers(error -> {
                    throw new AssertionError("broken test");
                })
                .ignores(error -> {
                    throw new NoClassDefFoundError("broken test");
                })
                .failsOn(result -> {
                    throw new StackOverflowError();
                })
                .build();

        for (int i = 0; i < 3; i++) {
            assertThat(pipeline.call(() -> "well")).isEqualTo("well");
            assertThat(pipeline.callAsync(() -> CompletableFuture.completedFuture("well")))
                    .isCompletedWithValue("well");
            assertThatThrownBy(() -> pipeline.call(() -> {
                        throw new IOException("down");
                    }))
                    .isInstanceOf(IOException.class);
            assertThat(pipeline.callAsync(() -> CompletableFuture.failedFuture(new IOException("down"))))
                    .isCompletedExceptionally();
        }
        assertThat(meters.get("resilience4j.bulkhead.available.concurrent.calls")
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    @Test
    void aFallbackStandsInForAnErrorToo() throws Exception {
        Pipeline pipeline = pipeline(PolicyConfig.NONE).build();

        assertThat(pipeline.<String>call(
                        () -> {
                            throw new NoClassDefFoundError("catalog/Title");
                        },
                        error -> "instead of " + error.getMessage()))
                .isEqualTo("instead of catalog/Title");
        assertThat(pipeline.<String>callAsync(
                        () -> {
                            throw new NoClassDefFoundError("catalog/Title");
                        },
                        error -> CompletableFuture.completedFuture("instead of " + error.getMessage())))
                .isCompletedWithValue("instead of catalog/Title");
    }
}
