package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.circuitbreaker.config.Scope;
import io.holdfast.circuitbreaker.resilience4j.PolicyMetric;
import io.holdfast.core.AccessDeniedException;
import io.holdfast.core.Deadline;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.Retry;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PipelineTest {
    private static final CircuitBreakerConfig TIGHT =
            CircuitBreakerConfig.DEFAULT.withCalls(4, 10).withRecovery(Duration.ofSeconds(5), 2);
    private static final RetryConfig GENEROUS = RetryConfig.DEFAULT.withBudget(1, 1000);

    private final ManualEnvironment environment = new ManualEnvironment().leaping();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);

    private Policies policies(PolicyConfig catalog) {
        return Policies.of(environment, meters, recorder, new PoliciesConfig(Map.of("catalog", catalog)));
    }

    private static <T> Callable<T> failing(Exception error) {
        return () -> {
            throw error;
        };
    }

    private void fail(Pipeline pipeline, int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> pipeline.call(failing(new IOException("down"))))
                    .isInstanceOf(IOException.class);
        }
    }

    private List<String> decisions() {
        return recorder.entries().stream()
                .map(e -> e.subject() + ": " + e.decision())
                .toList();
    }

    @Test
    void anOpenBreakerRefusesWithTheRemainingWaitAndTheNumbers() {
        Policies policies = policies(PolicyConfig.NONE.withCircuitBreaker(TIGHT));
        Pipeline pipeline = policies.pipeline("catalog").build();
        fail(pipeline, 4);
        environment.advance(Duration.ofSeconds(2));

        CircuitOpenException e =
                catchThrowableOfType(CircuitOpenException.class, () -> pipeline.call(() -> "not reached"));

        assertThat(e)
                .hasMessage(
                        "the circuit breaker of policy catalog is open (4 failed and 0 slow of 4 calls) and refuses "
                                + "catalog; it lets calls through to try in 3s1ms, or look at why the callee fails");
        assertThat(e.retryAfter()).contains(Duration.ofSeconds(3));
        assertThat(e.retry()).isEqualTo(Retry.SAFE);
        assertThat(e.policy()).isEqualTo("catalog");
        assertThat(decisions()).containsExactly("catalog: opened for 5s: 4 failed and 0 slow of 4 calls");
    }

    @Test
    void aBreakerClosesAgainWhenTheTriedCallsGoWell() throws Exception {
        Pipeline pipeline = policies(PolicyConfig.NONE.withCircuitBreaker(TIGHT))
                .pipeline("catalog")
                .build();
        fail(pipeline, 4);
        environment.advance(Duration.ofMillis(5001));

        assertThat(pipeline.call(() -> "a")).isEqualTo("a");
        assertThat(pipeline.call(() -> "b")).isEqualTo("b");

        assertThat(pipeline.describe()).contains("closed");
        assertThat(decisions()).last().isEqualTo("catalog: closed: the tried calls went well");
    }

    @Test
    void slowCallsOpenTheBreakerAsWell() throws Exception {
        var slow = new CircuitBreakerConfig(
                0.5,
                0.5,
                Duration.ofSeconds(1),
                4,
                CircuitBreakerConfig.Window.TIME,
                60,
                Duration.ofSeconds(5),
                2,
                Duration.ofMinutes(1),
                Scope.NODE);
        Pipeline pipeline = policies(PolicyConfig.NONE.withCircuitBreaker(slow))
                .pipeline("catalog")
                .build();
        for (int i = 0; i < 4; i++) {
            pipeline.call(() -> {
                environment.advance(Duration.ofSeconds(2));
                return "late";
            });
        }
        assertThatThrownBy(() -> pipeline.call(() -> "x")).isInstanceOf(CircuitOpenException.class);
    }

    @Test
    void whatSaysNothingOfTheCalleeDoesNotCountAsFailure() {
        Pipeline pipeline = policies(PolicyConfig.NONE.withCircuitBreaker(TIGHT))
                .pipeline("catalog")
                .answers(IllegalArgumentException.class::isInstance)
                .build();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> pipeline.call(failing(new AccessDeniedException("no"))))
                    .isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> pipeline.call(failing(new IllegalArgumentException("no such title"))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(pipeline.describe()).contains("closed");
    }

    @Test
    void aFailureIsTriedAgainAsOftenAsThePolicySays() throws Exception {
        Pipeline pipeline = policies(PolicyConfig.NONE.withRetry(GENEROUS))
                .pipeline("catalog")
                .idempotent()
                .build();
        AtomicInteger attempts = new AtomicInteger();

        assertThat(pipeline.call(() -> {
                    if (attempts.incrementAndGet() < 3) {
                        throw new IOException("down");
                    }
                    return "third";
                }))
                .isEqualTo("third");
        attempts.set(0);
        assertThatThrownBy(() -> pipeline.call(() -> {
                    attempts.incrementAndGet();
                    throw new IOException("down");
                }))
                .isInstanceOf(IOException.class);
        assertThat(attempts).hasValue(3);
        assertThat(count("resilience4j.retry.calls", "successful_with_retry")).isEqualTo(1);
        assertThat(count("resilience4j.retry.calls", "failed_with_retry")).isEqualTo(1);
    }

    private double count(String metric, String kind) {
        return meters.get(metric)
                .tag("name", "catalog")
                .tag("kind", kind)
                .functionCounter()
                .count();
    }

    private int attempts(Pipeline pipeline, Exception error) {
        AtomicInteger attempts = new AtomicInteger();
        assertThatThrownBy(() -> pipeline.call(() -> {
                    attempts.incrementAndGet();
                    throw error;
                }))
                .isSameAs(error);
        return attempts.get();
    }

    @Test
    void theAdviceOfAnExceptionDecidesOverARetry() {
        Policies policies = policies(PolicyConfig.NONE.withRetry(GENEROUS));
        Pipeline idempotent = policies.pipeline("catalog").idempotent().build();
        Pipeline other = policies.pipeline("catalog").build();

        assertThat(attempts(other, new UnavailableException("nobody"))).isEqualTo(3);
        assertThat(attempts(other, new IOException("outcome unknown"))).isEqualTo(1);
        assertThat(attempts(idempotent, new IOException("outcome unknown"))).isEqualTo(3);
        assertThat(attempts(idempotent, new AccessDeniedException("no"))).isEqualTo(1);
        assertThat(attempts(idempotent, new InterruptedException())).isEqualTo(1);
    }

    @Test
    void aRetryWaitsAsLongAsTheCalleeAsksForOrNotAtAll() {
        Pipeline pipeline = policies(PolicyConfig.NONE.withRetry(GENEROUS.withMaxRetries(1)))
                .pipeline("catalog")
                .build();
        long before = environment.nanoTime();

        assertThat(attempts(pipeline, new OverloadedException("busy", Duration.ofMillis(900))))
                .isEqualTo(2);
        assertThat(environment.nanoTime() - before).isEqualTo(900_000_000L);
        assertThat(attempts(pipeline, new OverloadedException("busy", Duration.ofMillis(1001))))
                .isEqualTo(1);
    }

    @Test
    void noRetryBeginsThatTheDeadlineOrTheCallersBudgetForbids() throws Exception {
        Pipeline pipeline = policies(PolicyConfig.NONE.withRetry(GENEROUS.withMaxRetries(5)))
                .pipeline("catalog")
                .idempotent()
                .build();
        var soon = CallContext.EMPTY.withDeadline(Deadline.after(environment.nanoTime(), Duration.ofMillis(20)));
        List<Integer> budgets = new ArrayList<>();

        assertThat(soon.call(() -> attempts(pipeline, new IOException("down")))).isEqualTo(1);
        assertThat(CallContext.EMPTY.withRetryBudget(2).call(() -> attempts(pipeline, new IOException("down"))))
                .isEqualTo(3);
        CallContext.EMPTY
                .withRetryBudget(2)
                .run(() -> assertThatThrownBy(() -> pipeline.call(() -> {
                            budgets.add(CallContext.current().retryBudget());
                            throw new IOException("down");
                        }))
                        .isInstanceOf(IOException.class));
        assertThat(budgets).containsExactly(2, 1, 0);
    }

    @Test
    void anInterruptBetweenTwoAttemptsEndsTheCallAndNoFurtherAttemptBegins() {
        AtomicInteger attempts = new AtomicInteger();
        ManualEnvironment still = new ManualEnvironment(); // the back-off never ends by itself
        Pipeline pipeline = Policies.of(
                        still,
                        meters,
                        recorder,
                        new PoliciesConfig(Map.of("catalog", PolicyConfig.NONE.withRetry(GENEROUS))))
                .pipeline("catalog")
                .idempotent()
                .build();
        Thread.currentThread().interrupt(); // is seen by what waits first, which is the back-off
        assertThatThrownBy(() -> pipeline.call(() -> {
                    attempts.incrementAndGet();
                    throw new IOException("down");
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(attempts).hasValue(1);
        assertThat(still.timers()).as("no timer is left behind").isZero();
    }

    @Test
    void retriesTogetherStayWithinTheBudget() {
        Pipeline pipeline = policies(PolicyConfig.NONE.withRetry(
                        RetryConfig.DEFAULT.withMaxRetries(3).withBudget(0.1, 10)))
                .pipeline("catalog")
                .idempotent()
                .build();
        int attempts = 0;
        for (int i = 0; i < 1000; i++) {
            attempts += attempts(pipeline, new IOException("down"));
        }
        // 1000 calls, 10 retries saved up and one for every ten calls
        assertThat(attempts).isBetween(1100, 1110);
        assertThat(decisions()).anyMatch(d -> d.contains("the retry budget is used up"));
    }

    @Test
    void theBulkheadRefusesBeyondItsPlacesAndDoesNotOpenTheBreaker() throws Exception {
        Pipeline pipeline = policies(
                        PolicyConfig.NONE.withBulkhead(new BulkheadConfig(1)).withCircuitBreaker(TIGHT))
                .pipeline("catalog")
                .named("Catalog.search")
                .build();
        pipeline.call(() -> {
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> pipeline.call(() -> "second"))
                        .isInstanceOf(BulkheadFullException.class)
                        .hasMessage(
                                "the bulkhead of policy catalog (1 calls at once) is full and refuses Catalog.search; "
                                        + "call less often or raise holdfast.policies.catalog.bulkhead.max-concurrent");
            }
            return "first";
        });
        assertThat(pipeline.call(() -> "third")).isEqualTo("third");
        assertThat(decisions()).containsExactly("catalog: refused 1 since the last note: the bulkhead is full");
    }

    @Test
    void theRateLimitRefusesUntilTheNextPeriod() throws Exception {
        Pipeline pipeline = policies(PolicyConfig.NONE.withRateLimit(new RateLimitConfig(2, Duration.ofSeconds(10))))
                .pipeline("catalog")
                .build();
        pipeline.call(() -> "1");
        pipeline.call(() -> "2");
        environment.advance(Duration.ofSeconds(4));

        RateLimitedException e = catchThrowableOfType(RateLimitedException.class, () -> pipeline.call(() -> "3"));

        assertThat(e.retryAfter()).contains(Duration.ofSeconds(6));
        assertThat(e)
                .hasMessage(
                        "the rate limit of policy catalog (2 calls in 10s) is used up and refuses catalog; wait for "
                                + "the next period or raise holdfast.policies.catalog.rate-limit.limit");
        environment.advance(Duration.ofSeconds(6));
        assertThat(pipeline.call(() -> "3")).isEqualTo("3");
    }

    @Test
    void theFallbackAnswersForFailuresButNotForAnswers() throws Exception {
        Pipeline pipeline = policies(PolicyConfig.NONE)
                .pipeline("catalog")
                .answers(IllegalArgumentException.class::isInstance)
                .build();

        assertThat(pipeline.<String>call(failing(new IOException("down")), error -> "instead of " + error.getMessage()))
                .isEqualTo("instead of down");
        assertThatThrownBy(() -> pipeline.call(failing(new IllegalArgumentException("no such title")), e -> "x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pipeline.call(failing(new AccessDeniedException("no")), e -> "x"))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void retryingWhatIsNotIdempotentIsRefusedWhenThePipelineIsBuilt() {
        assertThatThrownBy(() ->
                        policies(PolicyConfig.NONE).pipeline("catalog").retry().build())
                .isInstanceOf(InvalidContractException.class)
                .hasMessage("catalog is to be retried but is not idempotent: a second attempt may repeat the effect of "
                        + "the first; say idempotent() or leave retry() out");
    }

    @Test
    void aStageWithoutNumbersIsRefusedWhenThePipelineIsBuilt() {
        Policies policies = policies(PolicyConfig.NONE);

        assertThatThrownBy(() -> policies.pipeline("catalog").rateLimit().build())
                .hasMessage("policy catalog has no rate limit, but code asks for one; set "
                        + "holdfast.policies.catalog.rate-limit.limit");
        assertThatThrownBy(() -> policies.pipeline("catalog").timeout().build())
                .hasMessage("policy catalog has no timeout, but code asks for one without a time; set "
                        + "holdfast.policies.catalog.timeout");
    }

    @Test
    void theOrderIsFixedWhateverTheOrderOfTheBuilder() {
        Pipeline pipeline = policies(PolicyConfig.NONE.withRateLimit(new RateLimitConfig(9, Duration.ofSeconds(1))))
                .pipeline("catalog")
                .timeout(Duration.ofMillis(300))
                .bulkhead()
                .rateLimit()
                .circuitBreaker()
                .retry(1)
                .idempotent()
                .build();

        assertThat(pipeline.describe())
                .isEqualTo("retry(1, 50ms to 1s, budget 10.0%) > circuit-breaker(50.0% of 20 calls, closed) > "
                        + "rate-limit(9 in 1s) > bulkhead(64) > timeout(300ms) > call");
    }

    @Test
    void numbersOfTheConfigurationWinOverThoseOfTheCode() {
        Pipeline pipeline = policies(PolicyConfig.NONE
                        .withTimeout(Duration.ofSeconds(7))
                        .withRetry(RetryConfig.DEFAULT.withMaxRetries(4)))
                .pipeline("catalog")
                .timeout(Duration.ofMillis(300))
                .idempotent()
                .retry(1)
                .build();

        assertThat(pipeline.describe()).contains("retry(4,", "timeout(7s)");
    }

    @Test
    void anOpenBreakerStaysOpenThroughAChangeOfItsNumbers() throws Exception {
        Policies policies = policies(PolicyConfig.NONE.withCircuitBreaker(TIGHT));
        Pipeline pipeline = policies.pipeline("catalog").build();
        fail(pipeline, 4);
        environment.advance(Duration.ofSeconds(2));

        policies.update("catalog", PolicyConfig.NONE.withCircuitBreaker(TIGHT.withCalls(5, 20)));

        CircuitOpenException e = catchThrowableOfType(CircuitOpenException.class, () -> pipeline.call(() -> "x"));
        assertThat(e.retryAfter()).contains(Duration.ofSeconds(3));
        assertThat(meters.get("resilience4j.circuitbreaker.state")
                        .tag("state", "open")
                        .gauge()
                        .value())
                .isEqualTo(1);
        environment.advance(Duration.ofMillis(3001));
        assertThat(pipeline.call(() -> "again")).isEqualTo("again");
    }

    @Test
    void theWindowOfAClosedBreakerIsTakenOverAsCounts() throws Exception {
        Policies policies = policies(PolicyConfig.NONE.withCircuitBreaker(TIGHT.withCalls(10, 10)));
        Pipeline pipeline = policies.pipeline("catalog").build();
        pipeline.call(() -> "good");
        fail(pipeline, 3);

        policies.update("catalog", PolicyConfig.NONE.withCircuitBreaker(TIGHT.withCalls(5, 10)));

        assertThat(pipeline.describe()).contains("closed");
        fail(pipeline, 1);
        assertThat(pipeline.describe()).contains("open");
    }

    @Test
    void placesStayTakenThroughAChangeOfTheBulkhead() throws Exception {
        Policies policies = policies(PolicyConfig.NONE.withBulkhead(new BulkheadConfig(1)));
        Pipeline pipeline = policies.pipeline("catalog").build();

        pipeline.call(() -> {
            policies.update("catalog", PolicyConfig.NONE.withBulkhead(new BulkheadConfig(2)));
            assertThat(pipeline.call(() -> {
                        assertThatThrownBy(() -> pipeline.call(() -> "third"))
                                .isInstanceOf(BulkheadFullException.class);
                        return "second";
                    }))
                    .isEqualTo("second");
            return "first";
        });
    }

    @Test
    void aChangeThatDoesNotFitIsRefusedWhole() {
        Policies policies = policies(PolicyConfig.NONE
                .withRateLimit(new RateLimitConfig(9, Duration.ofSeconds(1)))
                .withBulkhead(new BulkheadConfig(3)));
        Pipeline pipeline = policies.pipeline("catalog").rateLimit().build();

        assertThatThrownBy(() -> policies.update("catalog", PolicyConfig.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("policy catalog has no rate limit, but code asks for one");
        assertThat(pipeline.describe()).isEqualTo("rate-limit(9 in 1s) > bulkhead(3) > call");
    }

    @Test
    void metricsKeepTheNamesOfResilience4j() throws Exception {
        Policies policies = policies(PolicyConfig.NONE
                .withCircuitBreaker(TIGHT)
                .withRetry(GENEROUS)
                .withBulkhead(BulkheadConfig.DEFAULT)
                .withRateLimit(new RateLimitConfig(9, Duration.ofSeconds(1))));
        policies.pipeline("catalog").build().call(() -> "x");

        assertThat(meters.getMeters())
                .map(meter -> meter.getId().getName())
                .as("all that is published, and nothing else, is in the list that docs/metrics.md is written from")
                .containsOnly(Stream.of(PolicyMetric.values())
                        .map(PolicyMetric::metric)
                        .toArray(String[]::new));
        for (PolicyMetric metric : PolicyMetric.values()) {
            assertThat(meters.get(metric.metric()).meters())
                    .as(metric.metric())
                    .allSatisfy(
                            meter -> assertThat(meter.getId().getDescription()).isNotBlank())
                    .allSatisfy(meter -> assertThat(meter.getId().getTags())
                            .map(Tag::getKey)
                            .containsExactlyInAnyOrder(metric.spec().tags().stream()
                                    .map(tag -> tag.substring(0, tag.indexOf('=')))
                                    .toArray(String[]::new)));
        }
        assertThat(meters.get("resilience4j.circuitbreaker.calls")
                        .tag("kind", "successful")
                        .timer()
                        .count())
                .isEqualTo(1);
        policies.close();
        assertThat(meters.getMeters()).isEmpty();
    }
}
