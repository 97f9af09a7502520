package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
        stage(2).complete("c");
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
}
