package io.holdfast.benchmarks.shards;

import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Waiting. */
final class Pauses {
    private Pauses() {}

    static void pass(Environment environment, Duration time) {
        CountDownLatch over = new CountDownLatch(1);
        environment.scheduler().schedule(time, over::countDown);
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
