package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.Idempotent;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The rules of MicroProfile Fault Tolerance 4.1 that docs/microprofile.md says are the same. */
class MicroProfileSemanticsTest {
    private static final RetryConfig GENEROUS = RetryConfig.DEFAULT.withBudget(1, 1000);
    private static final CircuitBreakerConfig FOUR =
            CircuitBreakerConfig.DEFAULT.withCalls(4, 4).withRecovery(Duration.ofSeconds(5), 1);

    @Idempotent
    @Retry(maxRetries = 1)
    interface Guarded {
        @Retry(maxRetries = 3)
        String retried();

        String retriedOnce();

        @Retry(
                maxRetries = 3,
                retryOn = {IllegalStateException.class, UncheckedIOException.class},
                abortOn = UncheckedIOException.class)
        String choosy();

        @Retry(maxRetries = 1)
        @Timeout("50ms")
        String timed();

        @Retry(maxRetries = 0)
        @CircuitBreaker(failOn = RuntimeException.class, skipOn = IllegalArgumentException.class)
        @Fallback(method = "instead", applyOn = RuntimeException.class, skipOn = IllegalStateException.class)
        String broken();

        @Retry(maxRetries = 0)
        @Bulkhead
        @Fallback(method = "instead")
        String crowded();

        @Retry(maxRetries = 2)
        @Fallback(method = "instead")
        String covered();

        default String instead() {
            return "instead";
        }
    }

    private final ManualEnvironment environment = new ManualEnvironment().leaping();
    private final AtomicInteger attempts = new AtomicInteger();
    private final Object proxy = Proxy.newProxyInstance(
            Guarded.class.getClassLoader(), new Class<?>[] {Guarded.class}, (self, method, arguments) -> null);

    private Callable<Object> call(Environment world, PolicyConfig numbers, String method, Callable<?> body)
            throws NoSuchMethodException {
        Policies policies = Policies.of(
                world,
                new SimpleMeterRegistry(),
                new FlightRecorder(world.wallClock(), 100),
                new PoliciesConfig(Map.of("guarded", numbers)));
        GuardedMethod guarded =
                GuardedContract.of(Guarded.class, "guarded", policies).method(Guarded.class.getMethod(method));
        return () -> guarded.invoke(proxy, null, () -> {
            attempts.incrementAndGet();
            return body.call();
        });
    }

    private Callable<Object> call(PolicyConfig numbers, String method, Callable<?> body) throws NoSuchMethodException {
        return call(environment, numbers, method, body);
    }

    private static <T> Callable<T> failing(RuntimeException error) {
        return () -> {
            throw error;
        };
    }

    @Test
    void aCallIsRetriedUpToMaxRetriesAndThenTheLastExceptionIsThrown() throws Exception {
        Callable<Object> call = call(
                PolicyConfig.NONE,
                "retried",
                () -> failing(new IllegalStateException("attempt " + attempts)).call());

        assertThatThrownBy(call::call).hasMessage("attempt 4");
        assertThat(attempts).hasValue(4);
    }

    @Test
    void anAnnotationOnAMethodWinsOverTheOneOnItsType() throws Exception {
        Callable<Object> call = call(PolicyConfig.NONE, "retriedOnce", failing(new IllegalStateException("down")));

        assertThatThrownBy(call::call).isInstanceOf(IllegalStateException.class);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void abortOnWinsOverRetryOn() throws Exception {
        var io = new UncheckedIOException(new IOException("down"));
        assertThatThrownBy(call(PolicyConfig.NONE, "choosy", failing(io))::call).isSameAs(io);
        assertThat(attempts).hasValue(1);

        assertThatThrownBy(call(PolicyConfig.NONE, "choosy", failing(new IllegalStateException("again")))::call)
                .hasMessage("again");
        assertThat(attempts).hasValue(5);

        Callable<Object> fatal = call(PolicyConfig.NONE, "retried", () -> {
            throw new AssertionError("an Error");
        });
        assertThatThrownBy(fatal::call).isInstanceOf(AssertionError.class);
        assertThat(attempts).hasValue(6);
    }

    @Test
    void aTimeoutCoversOneAttemptAndIsRetried() throws Exception {
        try (Environment real = Environment.system()) {
            CountDownLatch never = new CountDownLatch(1);
            Callable<Object> call = call(
                    real,
                    PolicyConfig.NONE,
                    "timed",
                    () -> attempts.get() == 1 ? never.await(60, TimeUnit.SECONDS) : "second");
            assertThat(call.call()).isEqualTo("second");
        }
    }

    @Test
    void aCallThatReturnsAfterItsTimeoutHasTimedOut() throws Exception {
        try (Environment real = Environment.system()) {
            CountDownLatch never = new CountDownLatch(1);
            Callable<Object> call = call(real, PolicyConfig.NONE, "timed", () -> {
                try {
                    never.await();
                } catch (InterruptedException heeded) {
                    // and yet it returns normally
                }
                return "too late";
            });
            assertThatThrownBy(call::call).isInstanceOf(DeadlineExceededException.class);
            assertThat(attempts).hasValue(2);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void theBreakerOpensAtItsRatioAndTriesAgainAfterItsDelay() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        Callable<Object> call = call(PolicyConfig.NONE.withCircuitBreaker(FOUR), "broken", () -> {
            if (failures.incrementAndGet() <= 4) {
                throw new ArithmeticException("down");
            }
            return "well";
        });
        for (int i = 0; i < 4; i++) {
            assertThat(call.call()).isEqualTo("instead");
        }
        int before = attempts.get();

        assertThat(call.call()).isEqualTo("instead");
        assertThat(attempts).hasValue(before);
        environment.advance(Duration.ofMillis(5001));
        assertThat(call.call()).isEqualTo("well");
    }

    @Test
    void skipOnWinsOverFailOn() throws Exception {
        Callable<Object> skipped = call(
                PolicyConfig.NONE.withCircuitBreaker(FOUR), "broken", failing(new IllegalArgumentException("skipped")));
        for (int i = 0; i < 20; i++) {
            skipped.call();
        }
        assertThat(attempts).hasValue(20);
    }

    @Test
    void aRefusalOfTheOpenBreakerIsCoveredByTheFallback() throws Exception {
        Callable<Object> call =
                call(PolicyConfig.NONE.withCircuitBreaker(FOUR), "broken", failing(new ArithmeticException("down")));
        for (int i = 0; i < 10; i++) {
            assertThat(call.call()).isEqualTo("instead");
        }
        assertThat(attempts).hasValue(4);
    }

    @Test
    void aBulkheadRefusesBeyondItsCalls() throws Exception {
        Policies policies = Policies.of(
                environment,
                new SimpleMeterRegistry(),
                new FlightRecorder(environment.wallClock(), 10),
                new PoliciesConfig(Map.of("p", PolicyConfig.NONE.withBulkhead(new BulkheadConfig(1)))));
        Pipeline pipeline = policies.pipeline("p").build();

        assertThatThrownBy(() -> pipeline.call(() -> pipeline.call(() -> "second at once")))
                .isInstanceOf(BulkheadFullException.class);
    }

    @Test
    void aRefusalOfTheBulkheadIsCoveredByTheFallback() throws Exception {
        PolicyConfig one = PolicyConfig.NONE.withBulkhead(new BulkheadConfig(1));
        Callable<?>[] inner = new Callable<?>[1];
        Callable<Object> call =
                call(one, "crowded", () -> attempts.get() == 1 ? inner[0].call() + " of the inner" : "reached");
        inner[0] = call;

        assertThat(call.call()).isEqualTo("instead of the inner");
        assertThat(attempts).hasValue(1);
    }

    @Test
    void aFallbackIsAskedAfterTheLastRetry() throws Exception {
        Callable<Object> call = call(
                PolicyConfig.NONE.withRetry(GENEROUS.withMaxRetries(2)),
                "covered",
                failing(new IllegalStateException("down")));

        assertThat(call.call()).isEqualTo("instead");
        assertThat(attempts).hasValue(3);
    }

    @Test
    void skipOnWinsOverApplyOn() throws Exception {
        Callable<Object> skipped = call(PolicyConfig.NONE, "broken", failing(new IllegalStateException("skipped")));
        assertThatThrownBy(skipped::call).hasMessage("skipped");
        Callable<Object> applied = call(PolicyConfig.NONE, "broken", failing(new ArithmeticException("applied")));
        assertThat(applied.call()).isEqualTo("instead");
    }
}
