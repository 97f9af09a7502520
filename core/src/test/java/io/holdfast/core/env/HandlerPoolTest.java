package io.holdfast.core.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pool that a node uses where the JDK has no virtual threads; tested on every JDK. */
@Timeout(60)
class HandlerPoolTest {
    private final List<Thread> made = Collections.synchronizedList(new ArrayList<>());
    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private final AtomicLong now = new AtomicLong();
    private final Environment environment = Environment.system();
    private final ThreadFactory factory = task -> {
        Thread thread = new Thread(task, "pool");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((where, error) -> uncaught.add(error));
        made.add(thread);
        return thread;
    };

    private final HandlerPool pool = new HandlerPool("pool", 64, factory, now::get);

    @AfterEach
    void everyThreadEnds() throws Exception {
        pool.shutdownNow();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        for (Thread thread : made) {
            thread.join(20_000);
            assertThat(thread.isAlive()).isFalse();
        }
        environment.close();
    }

    @Test
    void asManyTasksAsTheBoundBlockAtOnceAndTheNextIsRefused() throws Exception {
        CyclicBarrier all = new CyclicBarrier(65);
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 64; i++) {
            pool.execute(() -> {
                quietly(all::await);
                quietly(release::await);
            });
        }
        all.await(20, TimeUnit.SECONDS); // each of them has a thread, though all of them block
        assertThatThrownBy(() -> pool.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("pool runs 64 tasks, its limit");
        release.countDown();
        await().untilAsserted(() -> {
            CountDownLatch ran = new CountDownLatch(1);
            pool.execute(ran::countDown);
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        });
        assertThat(made).hasSizeLessThanOrEqualTo(65);
    }

    @Test
    void aTaskBehindABlockedOneIsTakenByAnotherThread() throws Exception {
        for (int round = 0; round < 200; round++) {
            CountDownLatch second = new CountDownLatch(1);
            CountDownLatch first = new CountDownLatch(1);
            pool.execute(() -> {
                quietly(second::await);
                first.countDown();
            });
            pool.execute(second::countDown);
            assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aPoolOfOneRunsOneTaskAfterTheOther() throws Exception {
        HandlerPool one = new HandlerPool("one", 1, factory, now::get);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 1; i <= 2_000; i++) {
            executeWhenFree(one, ran::incrementAndGet);
        }
        await().until(() -> ran.get() == 2_000);
        one.shutdown();
        assertThat(one.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void noTaskIsStrandedHoweverTasksArriveBlockAndFail() throws Exception {
        int producers = 4;
        int each = 20_000;
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(producers);
        for (int p = 0; p < producers; p++) {
            SplittableRandom random = new SplittableRandom(p);
            environment.threads().start("producer-" + p, () -> {
                for (int i = 0; i < each; i++) {
                    int kind = random.nextInt(200);
                    executeWhenFree(pool, () -> {
                        ran.incrementAndGet();
                        if (kind == 0) {
                            LockSupport.parkNanos(1_000_000);
                        } else if (kind == 1) {
                            throw new IllegalStateException("a task that fails on purpose");
                        } else if (kind == 2) {
                            Thread.currentThread().interrupt();
                        }
                    });
                    if (random.nextInt(500) == 0) {
                        LockSupport.parkNanos(random.nextInt(2_000_000)); // so that the pool falls asleep at times
                    }
                }
                done.countDown();
            });
        }
        assertThat(done.await(50, TimeUnit.SECONDS)).isTrue();
        await().until(() -> ran.get() == producers * each);
        assertThat(uncaught).isNotEmpty().allMatch(IllegalStateException.class::isInstance);
    }

    @Test
    void oneTaskAtATimeNeverWaitsForAnother() throws Exception {
        for (int i = 0; i < 5_000; i++) {
            CountDownLatch ran = new CountDownLatch(1);
            pool.execute(ran::countDown);
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(made)
                .as(
                        "threads; one that is stopped between its task and its rest costs another, on a starved machine some")
                .hasSizeLessThan(20);
    }

    @Test
    void anInterruptOfOneTaskIsNotSeenByTheNext() throws Exception {
        AtomicBoolean leaked = new AtomicBoolean();
        CountDownLatch ran = new CountDownLatch(2_000);
        for (int i = 0; i < 2_000; i++) {
            executeWhenFree(pool, () -> {
                if (Thread.currentThread().isInterrupted()) {
                    leaked.set(true);
                }
                Thread.currentThread().interrupt();
                ran.countDown();
            });
        }
        assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(leaked).isFalse();
    }

    @Test
    void shutdownRunsWhatWasTakenAndRefusesTheRest() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 64; i++) {
            pool.execute(() -> {
                quietly(release::await);
                ran.incrementAndGet();
            });
        }
        pool.shutdown();
        assertThat(pool.isShutdown()).isTrue();
        assertThat(pool.isTerminated()).isFalse();
        assertThatThrownBy(() -> pool.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("is shut down");
        release.countDown();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).hasValue(64);
    }

    @Test
    void shutdownNowInterruptsWhatRunsAndGivesBackWhatWaits() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        pool.execute(() -> {
            entered.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.shutdownNow()).isEmpty();
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aThreadEndsWhenItHasRestedForItsTimeAndTheNextTaskGetsAnother() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        pool.execute(ran::countDown);
        assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
        Thread first = made.get(0);
        await().until(() -> first.getState() == Thread.State.TIMED_WAITING);
        LockSupport.unpark(first);
        assertThat(first.isAlive()).as("no time has passed").isTrue();
        await().until(() -> {
            now.addAndGet(HandlerPool.KEEP_ALIVE_NANOS);
            LockSupport.unpark(first);
            return !first.isAlive();
        });
        CountDownLatch again = new CountDownLatch(1);
        pool.execute(again::countDown);
        assertThat(again.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(made).hasSize(2);
    }

    @Test
    void whereTheSystemGivesNoThreadTheTaskIsRefused() throws Exception {
        HandlerPool starved = new HandlerPool(
                "starved",
                2,
                task -> {
                    throw new OutOfMemoryError("unable to create native thread (on purpose)");
                },
                now::get);
        for (int i = 0; i < 5; i++) { // each refusal gives its permit back
            assertThatThrownBy(() -> starved.execute(() -> {}))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("starved got no thread");
        }
        starved.shutdown();
        assertThat(starved.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void executeWhenFree(HandlerPool pool, Runnable task) {
        while (true) {
            try {
                pool.execute(task);
                return;
            } catch (RejectedExecutionException atTheBound) {
                Thread.onSpinWait();
            }
        }
    }

    private interface Blocking {
        void run() throws Exception;
    }

    private static void quietly(Blocking task) {
        try {
            task.run();
        } catch (Exception e) {
            Thread.currentThread().interrupt();
        }
    }
}
