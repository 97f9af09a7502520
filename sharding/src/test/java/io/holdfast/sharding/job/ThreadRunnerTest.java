package io.holdfast.sharding.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.call.CallContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadRunnerTest {
    private final ExecutorService one = Executors.newSingleThreadExecutor();
    private final ThreadRunner runner = new ThreadRunner(one);

    @AfterEach
    void end() {
        one.shutdownNow();
    }

    @Test
    void aBodyHasItsTokenAndItsFailureIsTold() {
        CallContext context = CallContext.EMPTY.withFencingToken(9);
        BodyRunner.Running running = runner.start(context, () -> {
            throw new IllegalStateException(
                    "token " + CallContext.current().fencingToken().orElse(0));
        });
        assertThatThrownBy(() -> running.ended().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .hasRootCauseMessage("token 9");
    }

    @Test
    void anInterruptEndsABodyAndNotTheThread() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        BodyRunner.Running blocked = runner.start(CallContext.EMPTY, () -> {
            begun.countDown();
            new CountDownLatch(1).await();
        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        blocked.interrupt();
        assertThatThrownBy(() -> blocked.ended().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(InterruptedException.class);
        List<Boolean> flags = new ArrayList<>();
        runner.start(CallContext.EMPTY, () -> flags.add(Thread.currentThread().isInterrupted()))
                .ended()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        assertThat(flags).containsExactly(false);
    }

    @Test
    void aBodyThatWasInterruptedBeforeItBeganDoesNotBegin() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        runner.start(CallContext.EMPTY, free::await);
        List<String> ran = new ArrayList<>();
        BodyRunner.Running waiting = runner.start(CallContext.EMPTY, () -> ran.add("ran"));
        waiting.interrupt();
        free.countDown();
        assertThatThrownBy(() -> waiting.ended().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(InterruptedException.class);
        assertThat(ran).isEmpty();
    }

    @Test
    void aRunnerWithoutAFreeThreadSaysSo() {
        one.shutdown();
        assertThatThrownBy(() -> runner.start(CallContext.EMPTY, () -> {})
                        .ended()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .hasMessageContaining("no thread is free");
    }
}
