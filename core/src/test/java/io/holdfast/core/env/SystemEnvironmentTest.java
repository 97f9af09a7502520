package io.holdfast.core.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SystemEnvironmentTest {
    private final Environment environment = Environment.system();

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void aTimerIsNeverEarly() throws Exception {
        long due = environment.clock().nanoTime() + Duration.ofMillis(20).toNanos();
        CompletableFuture<Long> ran = new CompletableFuture<>();
        environment
                .scheduler()
                .schedule(
                        Duration.ofMillis(20),
                        () -> ran.complete(environment.clock().nanoTime()));
        assertThat(ran.get(10, TimeUnit.SECONDS) - due).isNotNegative();
    }

    @Test
    void aCancelledTimerDoesNotRunAndOneThatThrowsHurtsNoOther() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch later = new CountDownLatch(1);
        Scheduler scheduler = environment.scheduler();
        scheduler.schedule(Duration.ZERO, () -> {
            // on the timers' own thread, so that nothing can run before it is cancelled
            Registration cancelled = scheduler.schedule(Duration.ZERO, runs::incrementAndGet);
            cancelled.close();
            cancelled.close();
            scheduler.schedule(Duration.ZERO, later::countDown);
            throw new IllegalStateException("a timer that fails on purpose");
        });
        assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(runs).hasValue(0);
    }

    @Test
    void aTimerOfAnEndlessDurationIsTaken() {
        environment
                .scheduler()
                .schedule(Duration.ofSeconds(Long.MAX_VALUE), () -> {})
                .close();
    }

    @Test
    void threadsAreDaemonsWithTheNameThatWasAskedFor() throws Exception {
        CompletableFuture<Thread> seen = new CompletableFuture<>();
        Thread thread = environment.threads().start("my-loop", () -> seen.complete(Thread.currentThread()));
        assertThat(seen.get(10, TimeUnit.SECONDS)).isSameAs(thread);
        assertThat(thread.getName()).isEqualTo("my-loop");
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    void handlersRunUpToTheirBoundAndRefuseTheNext() throws Exception {
        ExecutorService handlers = environment.threads().handlers("handler", 2);
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            handlers.execute(() -> {
                entered.countDown();
                awaitQuietly(release);
            });
        }
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> handlers.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("handler runs 2 tasks, its limit");
        release.countDown();
        CompletableFuture<String> name = new CompletableFuture<>();
        await().ignoreException(RejectedExecutionException.class).until(() -> {
            handlers.execute(() -> name.complete(Thread.currentThread().getName()));
            return true;
        });
        assertThat(name.get(10, TimeUnit.SECONDS)).startsWith("handler-");
        handlers.shutdown();
        assertThat(handlers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> handlers.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void handlersAreVirtualThreadsWhereTheJdkHasThem() throws Exception {
        ExecutorService handlers = environment.threads().handlers("handler", 2);
        CompletableFuture<Thread> seen = new CompletableFuture<>();
        handlers.execute(() -> seen.complete(Thread.currentThread()));
        Thread thread = seen.get(10, TimeUnit.SECONDS);
        assertThat(thread.getClass().getName())
                .contains(Runtime.version().feature() >= 21 ? "VirtualThread" : "java.lang.Thread");
        handlers.shutdown();
    }

    @Test
    void aSerialExecutorRunsInOrderAndRefusesBeyondItsBound() throws Exception {
        ExecutorService serial = environment.threads().serial("serial", 1);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        serial.execute(() -> {
            entered.countDown();
            awaitQuietly(release);
        });
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> waited = new CompletableFuture<>();
        serial.execute(() -> waited.complete(null));
        assertThatThrownBy(() -> serial.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        release.countDown();
        waited.get(10, TimeUnit.SECONDS);
        serial.shutdown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theLoadOfTheProcessIsAShare() {
        ProcessLoad load = environment.load();
        assertThat(load.cpu())
                .as("the first reading has nothing to compare with")
                .isZero();
        long sum = 0;
        for (int i = 0; i < 10_000_000; i++) {
            sum += i;
        }
        assertThat(load.cpu()).as("after work " + sum).isBetween(0.0, 1.0);
        assertThat(load.heap()).isBetween(0.0, 1.0);
    }
}
