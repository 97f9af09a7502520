package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.CallCancelledException;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What is taken is given back, whatever happens in between; and no state is a trap. */
class ConservationTest {
    private static final int PLACES = 3;
    private static final CircuitBreakerConfig BREAKER =
            CircuitBreakerConfig.DEFAULT.withCalls(4, 10).withRecovery(Duration.ofSeconds(5), 2);
    private static final PolicyConfig EVERYTHING = PolicyConfig.NONE
            .withCircuitBreaker(BREAKER)
            .withBulkhead(new BulkheadConfig(PLACES))
            .withTimeout(Duration.ofMillis(300))
            .withRetry(RetryConfig.DEFAULT);

    private static Policies policies(Environment environment, MeterRegistry meters, PolicyConfig config) {
        return Policies.of(
                environment,
                meters,
                new FlightRecorder(environment.wallClock(), 100),
                new PoliciesConfig(Map.of("p", config)));
    }

    private static double free(MeterRegistry meters) {
        return meters.get("resilience4j.bulkhead.available.concurrent.calls")
                .gauge()
                .value();
    }

    /** Each number is one step of asynchronous calls in virtual time: begin, succeed, fail, cancel, let time pass, change the numbers. */
    @Property(tries = 500)
    void afterAnyInterleavingEveryPlaceIsFreeAndTheBreakerClosesAgain(
            @ForAll @Size(max = 60) List<@IntRange(max = 999) Integer> steps) {
        ManualEnvironment environment = new ManualEnvironment();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Policies policies = policies(environment, meters, EVERYTHING);
        Pipeline pipeline = policies.pipeline("p").idempotent().build();
        List<CompletableFuture<Integer>> attempts = new ArrayList<>();
        List<CompletableFuture<Integer>> results = new ArrayList<>();

        for (int step : steps) {
            int which = step / 8;
            switch (step % 8) {
                case 0, 1, 2 ->
                    results.add(pipeline.callAsync(() -> {
                        CompletableFuture<Integer> attempt = new CompletableFuture<>();
                        attempts.add(attempt);
                        return attempt;
                    }));
                case 3 -> any(attempts, which).complete(step);
                case 4 -> any(attempts, which).completeExceptionally(new IOException("down"));
                case 5 -> any(results, which).cancel(true);
                case 6 -> environment.advance(Duration.ofMillis(which * 50L));
                default ->
                    policies.update(
                            "p",
                            EVERYTHING.withCircuitBreaker(
                                    which % 2 == 0 ? BREAKER : BREAKER.withRecovery(Duration.ofSeconds(2), 1)));
            }
            assertThat(free(meters)).isBetween(0.0, (double) PLACES);
        }

        // heal: everything ends, nobody calls, the breaker's wait passes
        environment.advance(Duration.ofMinutes(2));
        assertThat(results).allMatch(CompletableFuture::isDone);
        assertThat(free(meters)).isEqualTo(PLACES);
        // failures from before may still fill the window and open the breaker once more
        for (int i = 0; i < 20; i++) {
            pipeline.callAsync(() -> CompletableFuture.completedFuture(1));
            environment.advance(Duration.ofSeconds(6));
        }
        assertThat(pipeline.callAsync(() -> CompletableFuture.completedFuture(1)))
                .isCompletedWithValue(1);
        assertThat(pipeline.describe()).contains("closed");
        policies.close();
    }

    private static CompletableFuture<Integer> any(List<CompletableFuture<Integer>> list, int which) {
        return list.isEmpty() ? new CompletableFuture<>() : list.get(which % list.size());
    }

    @Property(tries = 100)
    void aHalfOpenBreakerLetsExactlySoManyCallsThrough(
            @ForAll @IntRange(min = 1, max = 20) int calls, @ForAll @IntRange(min = 0, max = 40) int more) {
        ManualEnvironment environment = new ManualEnvironment();
        Policies policies = policies(
                environment,
                new SimpleMeterRegistry(),
                PolicyConfig.NONE.withCircuitBreaker(BREAKER.withRecovery(Duration.ofSeconds(5), calls)));
        Pipeline pipeline = policies.pipeline("p").build();
        for (int i = 0; i < 4; i++) {
            pipeline.callAsync(() -> CompletableFuture.failedFuture(new IOException("down")));
        }
        environment.advance(Duration.ofMillis(5001));
        List<CompletableFuture<String>> through = new ArrayList<>();
        for (int i = 0; i < calls + more; i++) {
            pipeline.callAsync(() -> {
                through.add(new CompletableFuture<>());
                return through.get(through.size() - 1);
            });
        }
        assertThat(through).hasSize(calls);

        // a call that ends without saying anything of the callee makes room for another one
        through.get(0).completeExceptionally(new CallCancelledException("nobody wants it"));
        pipeline.callAsync(() -> {
            through.add(new CompletableFuture<>());
            return through.get(through.size() - 1);
        });
        assertThat(through).hasSize(calls + 1);
        policies.close();
    }

    @Test
    void threadsThatSucceedFailAndAreInterruptedGiveEverythingBack() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Environment environment = Environment.system()) {
            PolicyConfig config = PolicyConfig.NONE
                    .withCircuitBreaker(BREAKER.withRecovery(Duration.ofMillis(1), 2))
                    .withBulkhead(new BulkheadConfig(PLACES))
                    .withTimeout(Duration.ofMillis(2))
                    .withRetry(RetryConfig.DEFAULT.withBackoff(Duration.ofNanos(1), Duration.ofMillis(1)));
            Policies policies = policies(environment, meters, config);
            Pipeline pipeline = policies.pipeline("p").idempotent().build();
            AtomicInteger ended = new AtomicInteger();
            CountDownLatch over = new CountDownLatch(8);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                Random random = new Random(t);
                threads.add(environment.threads().start("caller-" + t, () -> {
                    for (int i = 0; i < 2_000; i++) {
                        outcome(pipeline, random.nextInt(100));
                        ended.incrementAndGet();
                    }
                    over.countDown();
                }));
            }
            Random random = new Random(42);
            while (over.getCount() > 0) {
                threads.get(random.nextInt(8)).interrupt();
                Thread.onSpinWait();
            }
            assertThat(ended).hasValue(16_000);
            assertThat(free(meters)).isEqualTo(PLACES);
            policies.close();
        }
    }

    private static void outcome(Pipeline pipeline, int kind) {
        Callable<Integer> call = () -> {
            if (kind < 60) {
                return kind;
            }
            if (kind < 85) {
                throw new IOException("down");
            }
            if (kind < 99) {
                throw new AssertionError("broken");
            }
            new CountDownLatch(1).await();
            return kind;
        };
        try {
            pipeline.call(call);
        } catch (Exception | AssertionError expected) {
            assertThat(expected).isNotNull();
        }
    }
}
