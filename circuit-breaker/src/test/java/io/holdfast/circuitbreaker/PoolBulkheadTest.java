package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.RandomSource;
import io.holdfast.core.env.Scheduler;
import io.holdfast.core.env.Threads;
import io.holdfast.core.env.WallClock;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoolBulkheadTest {
    private final Environment environment = Environment.system();
    private final Policies policies = Policies.of(
            environment,
            new SimpleMeterRegistry(),
            new FlightRecorder(environment.wallClock(), 100),
            new PoliciesConfig(Map.of("catalog", PolicyConfig.NONE.withBulkhead(BulkheadConfig.pool(2, 2)))));
    private final Pipeline pipeline = policies.pipeline("catalog").build();
    private final List<CompletableFuture<String>> stages = new ArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(2);

    @AfterEach
    void close() {
        policies.close();
        environment.close();
    }

    private CompletableFuture<String> stage() {
        return pipeline.callAsync(() -> {
            CompletableFuture<String> made = new CompletableFuture<>();
            synchronized (stages) {
                stages.add(made);
            }
            begun.countDown();
            return made;
        });
    }

    private CompletableFuture<String> stage(int index) {
        synchronized (stages) {
            return stages.get(index);
        }
    }

    private int running() {
        synchronized (stages) {
            return stages.size();
        }
    }

    @Test
    void aCallRunsOnAThreadOfThePoolInTheContextOfItsCaller() throws Exception {
        Thread caller = Thread.currentThread();
        String id = CallContext.EMPTY
                .withCorrelationId("c-1")
                .call(() -> pipeline.call(() -> {
                    assertThat(Thread.currentThread()).isNotSameAs(caller);
                    return CallContext.current().correlationId();
                }));
        assertThat(id).isEqualTo("c-1");
        assertThat(pipeline.describe()).isEqualTo("bulkhead(2 on a pool, 2 may wait) > call");
    }

    @Test
    void soManyStagesRunSoManyWaitInOrderAndTheNextIsRefused() throws Exception {
        CompletableFuture<String> first = stage();
        CompletableFuture<String> second = stage();
        CompletableFuture<String> third = stage();
        stage();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<String> refused = stage();
        assertThat(refused).isCompletedExceptionally();
        assertThat(running()).isEqualTo(2);
        stage(0).complete("a");
        stage(1).complete("b");

        assertThat(List.of(first.get(), second.get())).containsExactlyInAnyOrder("a", "b");
        CompletableFuture<String> last = new CompletableFuture<>();
        pipeline.callAsync(() -> last); // there is room again
        while (running() < 4) {
            Thread.onSpinWait();
        }
        stage(2).complete("c"); // third or fourth: they began on two threads
        stage(3).complete("c");
        assertThat(third.get()).isEqualTo("c");
        last.complete("d");
    }

    @Test
    void whoeverStopsWaitingLeavesTheQueueAndItsPlace() throws Exception {
        stage();
        stage();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        CallContext hurried = CallContext.EMPTY.withDeadline(
                Deadline.after(environment.clock().nanoTime(), Duration.ofMillis(50)));
        AtomicInteger made = new AtomicInteger();

        for (int i = 0; i < 5; i++) { // more than there are places: each gives its own back
            CompletableFuture<String> queued = stage();
            queued.cancel(true);
        }
        assertThatThrownBy(() -> hurried.call(() -> pipeline.call(made::incrementAndGet)))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("waited in the queue of its pool");
        stage(0).complete("a");
        stage(1).complete("b");

        assertThat(pipeline.call(() -> "room")).isEqualTo("room");
        assertThat(made).hasValue(0);
        assertThat(running()).isEqualTo(2);
    }

    @Test
    void anInterruptOfTheCallerStopsTheCallOnThePool() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Thread caller = environment.threads().start("caller", () -> {
            try {
                pipeline.call(() -> {
                    runs.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        stopped.countDown();
                    }
                    return "";
                });
            } catch (Exception expected) {
                // the interrupt
            }
        });
        runs.await();
        caller.interrupt();
        assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void callsUnderWayEndWhenTheNumbersChange() throws Exception {
        CompletableFuture<String> first = stage();
        CompletableFuture<String> second = stage();
        CompletableFuture<String> third = stage();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        policies.update("catalog", PolicyConfig.NONE.withBulkhead(BulkheadConfig.pool(4, 4)));
        stage(0).complete("a");
        stage(1).complete("b");
        while (running() < 3) {
            Thread.onSpinWait();
        }
        stage(2).complete("c");

        assertThat(List.of(first.get(), second.get(), third.get())).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(pipeline.call(() -> "new")).isEqualTo("new");
    }

    @Test
    void aCallThatEnteredBeforeTheNumbersChangedRunsAllTheSame() throws Exception {
        ManualEnvironment virtual = new ManualEnvironment();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        PolicyConfig one = PolicyConfig.NONE
                .withCircuitBreaker(
                        CircuitBreakerConfig.DEFAULT) // wants to know how long: the clock is read after the gates
                .withBulkhead(BulkheadConfig.pool(1, 0));
        Policies changing = Policies.of(
                new RealThreads(virtual, environment),
                meters,
                new FlightRecorder(virtual.wallClock(), 100),
                new PoliciesConfig(Map.of("catalog", one)));
        Pipeline calls = changing.pipeline("catalog").build();
        assertThat(calls.call(() -> "before")).isEqualTo("before");

        virtual.atNextRead(() -> changing.update("catalog", one.withBulkhead(BulkheadConfig.pool(2, 0))));
        assertThat(calls.call(() -> "between")).isEqualTo("between");
        virtual.atNextRead(() -> changing.update("catalog", one));
        assertThat(calls.callAsync(() -> CompletableFuture.completedFuture("staged"))
                        .get(30, TimeUnit.SECONDS))
                .isEqualTo("staged");

        assertThat(calls.call(() -> "after")).isEqualTo("after");
        assertThat(meters.get("resilience4j.bulkhead.available.concurrent.calls")
                        .gauge()
                        .value())
                .isEqualTo(1);
        changing.close();
    }

    @Test
    void aCallForWhichThereIsNoThreadIsRefusedAndSaysNothingOfTheCallee() throws Exception {
        ManualEnvironment virtual = new ManualEnvironment();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        PolicyConfig numbers = PolicyConfig.NONE
                .withCircuitBreaker(CircuitBreakerConfig.DEFAULT.withCalls(1, 1))
                .withBulkhead(BulkheadConfig.pool(1, 1));
        Policies threadless = Policies.of(
                new RealThreads(virtual, environment) {
                    @Override
                    ExecutorService pool(ExecutorService real) {
                        real.shutdown();
                        return real;
                    }
                },
                meters,
                new FlightRecorder(virtual.wallClock(), 100),
                new PoliciesConfig(Map.of("catalog", numbers)));
        Pipeline calls = threadless.pipeline("catalog").build();

        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> calls.call(() -> "never")).isInstanceOf(BulkheadFullException.class);
            assertThat(calls.callAsync(() -> CompletableFuture.completedFuture("never"))
                            .handle((value, error) -> Pipeline.unwrap(error))
                            .get(30, TimeUnit.SECONDS))
                    .isInstanceOf(BulkheadFullException.class);
        }

        assertThat(meters.get("resilience4j.bulkhead.available.concurrent.calls")
                        .gauge()
                        .value())
                .isEqualTo(2);
        assertThat(calls.describe()).contains("closed");
        threadless.close();
    }

    /** Virtual time, and threads that run beside each other. */
    private static class RealThreads implements Environment {
        private final ManualEnvironment virtual;
        private final Environment real;

        RealThreads(ManualEnvironment virtual, Environment real) {
            this.virtual = virtual;
            this.real = real;
        }

        ExecutorService pool(ExecutorService made) {
            return made;
        }

        @Override
        public MonotonicClock clock() {
            return virtual.clock();
        }

        @Override
        public WallClock wallClock() {
            return virtual.wallClock();
        }

        @Override
        public Scheduler scheduler() {
            return virtual.scheduler();
        }

        @Override
        public RandomSource random() {
            return virtual.random();
        }

        @Override
        public Threads threads() {
            return new Threads() {
                @Override
                public Thread start(String name, Runnable task) {
                    return real.threads().start(name, task);
                }

                @Override
                public ExecutorService handlers(String name, int maxConcurrent) {
                    ExecutorService made = real.threads().handlers(name, maxConcurrent);
                    return name.startsWith("holdfast-pool-") ? pool(made) : made;
                }

                @Override
                public ExecutorService serial(String name, int capacity) {
                    return real.threads().serial(name, capacity);
                }
            };
        }

        @Override
        public void close() {}
    }
}
