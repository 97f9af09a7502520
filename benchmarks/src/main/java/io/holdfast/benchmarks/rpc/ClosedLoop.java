package io.holdfast.benchmarks.rpc;

import com.sun.management.OperatingSystemMXBean;
import io.holdfast.benchmarks.run.Latencies;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The load: a fixed number of calls in flight, each followed by the next as soon as it is answered, on the thread that brings the answer (a thread for each call where the client blocks).
 * A failed call is counted and not followed by another. One run of each instance.
 */
final class ClosedLoop {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private enum Phase {
        WARM,
        MEASURE,
        STOP
    }

    private final Environment environment;
    private final MonotonicClock clock;
    private final EchoClient client;
    private final int inFlight;
    private final Latencies latencies = new Latencies();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> lastError = new AtomicReference<>();
    private final CountDownLatch running;
    private volatile Phase phase = Phase.WARM;

    ClosedLoop(Environment environment, EchoClient client, int inFlight) {
        this.environment = environment;
        this.clock = environment.clock();
        this.client = client;
        this.inFlight = inFlight;
        this.running = new CountDownLatch(inFlight);
    }

    /**
     * Runs the load.
     *
     * @param warmUp how long before it is measured
     * @param measured how long it is measured
     * @param server whose CPU time is counted beside this process' own
     * @return what was measured
     */
    Measurement run(Duration warmUp, Duration measured, ProcessHandle server) throws InterruptedException {
        for (int i = 0; i < inFlight; i++) {
            new Slot(i).begin();
        }
        pause(warmUp);
        long cpu = cpuNanos(server);
        long begin = clock.nanoTime();
        phase = Phase.MEASURE;
        pause(measured);
        phase = Phase.STOP;
        long nanos = clock.nanoTime() - begin;
        cpu = cpuNanos(server) - cpu;
        if (!running.await(10, TimeUnit.SECONDS)) {
            errors.addAndGet(running.getCount());
            lastError.compareAndSet(null, new IllegalStateException("a call was not answered within 10 s"));
        }
        long calls = latencies.count();
        Throwable error = lastError.get();
        return new Measurement(
                calls * 1e9 / nanos,
                latencies.micros(0.5),
                latencies.micros(0.99),
                cpu / 1e3 / Math.max(calls, 1),
                errors.get(),
                error == null ? "" : error.toString().replace('\n', ' '));
    }

    /** Ends early only when every call in flight has failed. */
    private void pause(Duration duration) throws InterruptedException {
        if (running.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("every call in flight failed; the last one", lastError.get());
        }
    }

    private static long cpuNanos(ProcessHandle server) {
        return PROCESS.getProcessCpuTime()
                + server.info().totalCpuDuration().orElseThrow().toNanos();
    }

    private final class Slot implements Caller {
        private final int number;
        private long startedNanos; // handed from thread to thread by the call itself
        private boolean ended;

        Slot(int number) {
            this.number = number;
        }

        void begin() {
            Runnable call = client.call(this);
            startedNanos = clock.nanoTime();
            if (client.blocking()) {
                environment.threads().start("caller-" + number, () -> loop(call));
            } else {
                next = call;
                call.run();
            }
        }

        private @Nullable Runnable next;

        private void loop(Runnable call) {
            while (!ended) {
                call.run();
            }
        }

        @Override
        public void done() {
            long now = clock.nanoTime();
            Phase current = phase;
            if (current == Phase.STOP) {
                end();
                return;
            }
            if (current == Phase.MEASURE) {
                latencies.record(now - startedNanos);
            }
            startedNanos = now;
            if (next != null) {
                next.run();
            }
        }

        @Override
        public void failed(Throwable reason) {
            errors.incrementAndGet();
            lastError.set(reason);
            end();
        }

        private void end() {
            ended = true;
            running.countDown();
        }
    }
}
