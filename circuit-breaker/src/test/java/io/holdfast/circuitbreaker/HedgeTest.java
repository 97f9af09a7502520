package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.HedgeConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HedgeTest {
    private static final HedgeConfig NUMBERS = HedgeConfig.DEFAULT
            .withDelay(Duration.ofMillis(5), Duration.ofSeconds(1))
            .withBudget(1, 100);

    private final ManualEnvironment virtual = new ManualEnvironment();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private Pipeline pipeline(Environment environment, HedgeConfig numbers) {
        return Policies.of(
                        environment,
                        meters,
                        new FlightRecorder(environment.wallClock(), 100),
                        new PoliciesConfig(Map.of("catalog", PolicyConfig.NONE.withHedge(numbers))))
                .pipeline("catalog")
                .idempotent()
                .build();
    }

    /** A hundred calls of 10 to 20 ms: enough to learn from. */
    private void teach(Pipeline pipeline) {
        for (int i = 0; i < 128; i++) {
            CompletableFuture<String> call = new CompletableFuture<>();
            pipeline.callAsync(() -> call);
            virtual.advance(Duration.ofMillis(10 + i % 11));
            call.complete("taught");
        }
    }

    /** Calls whose attempts take an exponential time of 20 ms in the mean, so that 95 of 100 take up to 60 ms; hedged as soon as that is learned. Returns how many attempts were made. */
    private int teachWithHedges(Pipeline pipeline, int calls) {
        Random random = new Random(42);
        AtomicInteger made = new AtomicInteger();
        for (int i = 0; i < calls; i++) {
            CompletableFuture<String> result = pipeline.callAsync(() -> {
                made.incrementAndGet();
                CompletableFuture<String> attempt = new CompletableFuture<>();
                long nanos = (long) (-20_000_000 * Math.log(1 - random.nextDouble()));
                virtual.scheduler().schedule(Duration.ofNanos(nanos), () -> attempt.complete("taught"));
                return attempt;
            });
            virtual.advance(Duration.ofSeconds(1));
            assertThat(result).isCompletedWithValue("taught");
        }
        return made.get();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.2, 1})
    void theLearnedDelayStaysThePercentileWhileCallsAreHedged(double budget) {
        Pipeline pipeline = pipeline(virtual, NUMBERS.withBudget(budget, 100));
        int made = teachWithHedges(pipeline, 10_000);
        double learned = meters.get("holdfast.policy.hedge.delay").gauge().value();

        assertThat(learned).isBetween(0.054, 0.068); // a bucket's bound is at most 9 % above
        assertThat(made).isBetween(10_250, 10_650);
        assertThat(hedges("won") + hedges("lost")).isEqualTo(made - 10_000);
    }

    @Test
    void aSecondAttemptThatTheFirstOvertakesIsLost() {
        Pipeline pipeline = pipeline(virtual, NUMBERS);
        teach(pipeline);
        List<CompletableFuture<String>> attempts = new ArrayList<>();
        CompletableFuture<String> result = pipeline.callAsync(() -> {
            attempts.add(new CompletableFuture<>());
            return attempts.get(attempts.size() - 1);
        });
        virtual.advance(Duration.ofMillis(30));
        attempts.get(0).complete("first");

        assertThat(result).isCompletedWithValue("first");
        assertThat(attempts.get(1)).isCancelled();
        assertThat(hedges("won")).isZero();
        assertThat(hedges("lost")).isEqualTo(1);
    }

    private double hedges(String result) {
        return meters.get("holdfast.policy.hedges")
                .tag("result", result)
                .functionCounter()
                .count();
    }

    @Test
    void noSecondAttemptBeforeEnoughCallsWereSeen() {
        Pipeline pipeline = pipeline(virtual, NUMBERS);
        AtomicInteger made = new AtomicInteger();

        pipeline.callAsync(() -> {
            made.incrementAndGet();
            return new CompletableFuture<>();
        });
        virtual.advance(Duration.ofMinutes(1));

        assertThat(made).hasValue(1);
        assertThat(pipeline.describe()).contains("hedge(p95.0, not learned yet");
    }

    @Test
    void theSecondAttemptBeginsAtTheLearnedPercentileAndTheQuickerOneCounts() {
        Pipeline pipeline = pipeline(virtual, NUMBERS);
        teach(pipeline);
        List<CompletableFuture<String>> attempts = new ArrayList<>();

        CompletableFuture<String> result = pipeline.callAsync(() -> {
            attempts.add(new CompletableFuture<>());
            return attempts.get(attempts.size() - 1);
        });
        virtual.advance(Duration.ofMillis(18));
        assertThat(attempts).hasSize(1);
        virtual.advance(Duration.ofMillis(5)); // p95 is 20 ms, and the bucket's bound is at most 9 % above
        assertThat(attempts).hasSize(2);
        attempts.get(1).complete("second");

        assertThat(result).isCompletedWithValue("second");
        assertThat(attempts.get(0)).isCancelled();
        assertThat(hedges("won")).isEqualTo(1);
    }

    @Test
    void aFailureOfOneAttemptWaitsForTheOther() {
        Pipeline pipeline = pipeline(virtual, NUMBERS);
        teach(pipeline);
        List<CompletableFuture<String>> attempts = new ArrayList<>();
        CompletableFuture<String> result = pipeline.callAsync(() -> {
            attempts.add(new CompletableFuture<>());
            return attempts.get(attempts.size() - 1);
        });
        virtual.advance(Duration.ofMillis(30));

        attempts.get(1).completeExceptionally(new IOException("second"));
        assertThat(result).isNotDone();
        attempts.get(0).completeExceptionally(new IOException("first"));

        assertThat(result).isCompletedExceptionally();
        assertThat(result.handle((value, error) -> error).join()).hasMessage("second");
        assertThat(hedges("lost")).isEqualTo(1);
    }

    @Test
    void secondAttemptsStayWithinTheirBudget() {
        Pipeline pipeline = pipeline(virtual, NUMBERS.withBudget(0.05, 10));
        teach(pipeline);
        AtomicInteger made = new AtomicInteger();

        for (int i = 0; i < 1000; i++) {
            pipeline.callAsync(() -> {
                made.incrementAndGet();
                return new CompletableFuture<String>();
            });
            virtual.advance(Duration.ofMillis(50));
        }

        assertThat(made.get()).isBetween(1050, 1061);
    }

    @Test
    void aRequestWithoutRetriesLeftIsNotHedged() {
        Pipeline pipeline = pipeline(virtual, NUMBERS);
        teach(pipeline);
        AtomicInteger made = new AtomicInteger();

        CallContext.EMPTY
                .withRetryBudget(0)
                .run(() -> pipeline.callAsync(() -> {
                    made.incrementAndGet();
                    return new CompletableFuture<String>();
                }));
        virtual.advance(Duration.ofSeconds(2));

        assertThat(made).hasValue(1);
    }

    @Test
    void cancellingTheCallCancelsBothAttempts() {
        Pipeline pipeline = pipeline(virtual, NUMBERS);
        teach(pipeline);
        List<CompletableFuture<String>> attempts = new ArrayList<>();
        CompletableFuture<String> result = pipeline.callAsync(() -> {
            attempts.add(new CompletableFuture<>());
            return attempts.get(attempts.size() - 1);
        });
        virtual.advance(Duration.ofMillis(30));

        result.cancel(true);

        assertThat(attempts).hasSize(2).allMatch(CompletableFuture::isCancelled);
    }

    @Test
    void aBlockedCallIsAnsweredByTheSecondAttemptAndItsThreadIsFreeOfInterrupts() throws Exception {
        try (Environment real = Environment.system()) {
            Pipeline pipeline = pipeline(real, NUMBERS);
            for (int i = 0; i < 128; i++) {
                pipeline.call(() -> "taught");
            }
            AtomicInteger made = new AtomicInteger();
            AtomicBoolean stopped = new AtomicBoolean();

            String answer = pipeline.call(() -> {
                if (made.incrementAndGet() == 1) {
                    try {
                        new CountDownLatch(1).await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        stopped.set(true);
                        throw e;
                    }
                    return "first";
                }
                return "second";
            });

            assertThat(answer).isEqualTo("second");
            assertThat(stopped).isTrue();
            assertThat(hedges("won")).isEqualTo(1);
            assertThat(hedges("lost")).isZero();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void theLoserOfABlockedCallIsInterrupted() throws Exception {
        try (Environment real = Environment.system()) {
            Pipeline pipeline = pipeline(real, NUMBERS);
            for (int i = 0; i < 128; i++) {
                pipeline.call(() -> "taught");
            }
            AtomicInteger made = new AtomicInteger();
            CountDownLatch secondRuns = new CountDownLatch(1);
            CountDownLatch secondStopped = new CountDownLatch(1);

            String answer = pipeline.call(() -> {
                if (made.incrementAndGet() == 1) {
                    secondRuns.await();
                    return "first";
                }
                secondRuns.countDown();
                try {
                    new CountDownLatch(1).await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    secondStopped.countDown();
                    throw e;
                }
                return "second";
            });

            assertThat(answer).isEqualTo("first");
            assertThat(hedges("won")).isZero();
            assertThat(hedges("lost")).isEqualTo(1);
            assertThat(secondStopped.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void hedgingWhatIsNotIdempotentIsRefusedWithTheRemedy() {
        Policies policies =
                Policies.of(virtual, meters, new FlightRecorder(virtual.wallClock(), 10), new PoliciesConfig(Map.of()));

        assertThatThrownBy(() -> policies.pipeline("catalog").hedge().build())
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining("is to be hedged but is not idempotent")
                .hasMessageContaining("say idempotent() or leave hedge() out");
    }
}
