package io.holdfast.node;

import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.telemetry.HealthChecks;
import java.util.concurrent.CountDownLatch;

/** Where a node is between start and end, as health tells it. Safe for use by many threads. */
final class Lifecycle {
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean draining;

    Lifecycle(HealthChecks health) {
        health.add(HealthCheck.Kind.LIVE, "process", () -> new HealthCheck.Result(true, "answers"));
        health.add(HealthCheck.Kind.STARTED, "node", () -> new HealthCheck.Result(true, "started"));
        health.add(
                HealthCheck.Kind.READY,
                "traffic",
                () -> draining
                        ? new HealthCheck.Result(false, "this node leaves; running calls finish")
                        : new HealthCheck.Result(true, "takes calls"));
    }

    /** Returns true for the first caller only. */
    synchronized boolean beginDraining() {
        boolean first = !draining;
        draining = true;
        return first;
    }

    void ended() {
        closed.countDown();
    }

    void awaitEnd() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
