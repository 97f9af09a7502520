package io.holdfast.benchmarks.traffic;

import io.holdfast.service.NonBlocking;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Answers after a floor and an exponential tail; slower or not at all when it is told so. No thread waits meanwhile. Safe for use by many threads. */
final class WorkService implements Work {
    private static final double MEAN_MICROS = 10_000;

    private final String node;
    private final ScheduledExecutorService timer;
    private volatile double slowed = 1;
    private volatile double failing;

    WorkService(String node, ScheduledExecutorService timer) {
        this.node = node;
        this.timer = timer;
    }

    void slow(double factor) {
        slowed = factor;
    }

    void fail(double share) {
        failing = share;
    }

    @Override
    @NonBlocking
    public CompletionStage<String> work() {
        if (ThreadLocalRandom.current().nextDouble() < failing) {
            return CompletableFuture.failedFuture(new IllegalStateException("broken"));
        }
        double tail = -Math.log(1 - ThreadLocalRandom.current().nextDouble());
        CompletableFuture<String> answer = new CompletableFuture<>();
        long micros = (long) (slowed * MEAN_MICROS * (0.5 + 0.5 * tail));
        timer.schedule(() -> answer.complete(node), micros, TimeUnit.MICROSECONDS);
        return answer;
    }
}
