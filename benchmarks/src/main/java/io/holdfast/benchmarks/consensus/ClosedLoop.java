package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.Latencies;
import io.holdfast.benchmarks.run.ParentLines;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The load: a fixed number of clients, each with one operation open, followed by the next on the thread that brings the answer. A failed operation is counted and its client waits a moment. One run of each
 * instance. It says {@code begin} and {@code end} around what is measured, so that the driver reads the processes' CPU time there.
 */
final class ClosedLoop {
    private static final Duration AFTER_FAILURE = Duration.ofMillis(10);
    private static final int LAST_ANSWER_SECONDS = 15;

    private enum Phase {
        WARM,
        MEASURE,
        STOP
    }

    private final Environment environment;
    private final KvStore store;
    private final Workload workload;
    private final int clients;
    private final Latencies latencies = new Latencies();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> lastError = new AtomicReference<>();
    private final CountDownLatch running;
    private volatile Phase phase = Phase.WARM;

    ClosedLoop(Environment environment, KvStore store, Workload workload, int clients) {
        this.environment = environment;
        this.store = store;
        this.workload = workload;
        this.clients = clients;
        this.running = new CountDownLatch(clients);
    }

    Measurement run(Duration warmUp, Duration measured) throws InterruptedException {
        for (int i = 0; i < clients; i++) {
            new Client(i).next();
        }
        pause(warmUp);
        ParentLines.say("begin");
        long begin = environment.clock().nanoTime();
        phase = Phase.MEASURE;
        pause(measured);
        phase = Phase.STOP;
        long nanos = environment.clock().nanoTime() - begin;
        ParentLines.say("end");
        if (!running.await(LAST_ANSWER_SECONDS, TimeUnit.SECONDS)) {
            errors.addAndGet(running.getCount());
            lastError.compareAndSet(null, new IllegalStateException("no answer within " + LAST_ANSWER_SECONDS + " s"));
        }
        Throwable error = lastError.get();
        return new Measurement(
                latencies.count() * 1e9 / nanos,
                latencies.count(),
                latencies.micros(0.5) / 1e3,
                latencies.micros(0.99) / 1e3,
                latencies.micros(0.999) / 1e3,
                errors.get(),
                error == null ? "" : error.toString().replace('\n', ' '));
    }

    private void pause(Duration duration) throws InterruptedException {
        if (running.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("every client ended before it was told to");
        }
    }

    private final class Client implements KvAnswer {
        private final SplittableRandom choices;
        private final byte[] value;
        private long startedNanos; // handed from thread to thread by the operation itself
        private boolean reading;

        Client(int number) {
            this.choices = new SplittableRandom(number);
            this.value = Keys.value(number);
        }

        void next() {
            byte[] key = Keys.key(choices.nextInt(Keys.COUNT));
            reading = choices.nextInt(100) < workload.readsOfHundred();
            startedNanos = environment.clock().nanoTime();
            if (reading) {
                store.get(key, this);
            } else {
                store.put(key, value, this);
            }
        }

        @Override
        public void done(byte[] found) {
            if (reading && found.length != Keys.VALUE_BYTES) {
                failed(new IllegalStateException("a read found " + found.length + " bytes"));
                return;
            }
            long now = environment.clock().nanoTime();
            if (phase == Phase.STOP) {
                running.countDown();
                return;
            }
            if (phase == Phase.MEASURE) {
                latencies.record(now - startedNanos);
            }
            next();
        }

        @Override
        public void failed(Throwable reason) {
            if (phase == Phase.STOP) {
                running.countDown();
                return;
            }
            errors.incrementAndGet();
            lastError.set(reason);
            environment.scheduler().schedule(AFTER_FAILURE, this::next);
        }
    }
}
