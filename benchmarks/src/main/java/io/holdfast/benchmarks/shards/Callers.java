package io.holdfast.benchmarks.shards;

import io.holdfast.benchmarks.run.Latencies;
import io.holdfast.core.env.Environment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/** A fixed number of callers, each with one call open, followed by the next when it has ended. One run of each instance; its methods are safe for use by many threads. */
final class Callers {
    private final Environment environment;
    private final Deed deed;
    private final AtomicLong numbers = new AtomicLong();
    private final LongAdder failed = new LongAdder();
    private final Latencies latencies = new Latencies();

    /** Begins a call. */
    interface Deed {
        /**
         * Begins it.
         *
         * @param caller which of the callers, from 0 on
         * @param number how many calls began before, of all callers
         */
        CompletionStage<?> begin(int caller, long number);
    }

    Callers(Environment environment, Deed deed) {
        this.environment = environment;
        this.deed = deed;
    }

    /** Calls until it is to end, and returns when nothing is open. */
    void run(int callers, BooleanSupplier over) throws InterruptedException {
        CountDownLatch open = new CountDownLatch(callers);
        for (int i = 0; i < callers; i++) {
            go(i, over, open);
        }
        open.await();
    }

    private void go(int caller, BooleanSupplier over, CountDownLatch open) {
        while (!over.getAsBoolean()) {
            long begin = environment.clock().nanoTime();
            CompletableFuture<?> call =
                    deed.begin(caller, numbers.getAndIncrement()).toCompletableFuture();
            if (!call.isDone()) {
                call.whenComplete((answer, failure) -> {
                    note(begin, failure == null);
                    go(caller, over, open);
                });
                return;
            }
            note(begin, !call.isCompletedExceptionally());
        }
        open.countDown();
    }

    private void note(long begin, boolean done) {
        if (done) {
            latencies.record(environment.clock().nanoTime() - begin);
        } else {
            failed.increment();
        }
    }

    /** Of the calls that were done. */
    Latencies latencies() {
        return latencies;
    }

    long failed() {
        return failed.sum();
    }
}
