package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.Latencies;
import io.holdfast.core.env.Environment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes at a fixed rate whether or not earlier ones were answered, up to a bound of waiting ones; what is due beyond it is counted and not sent. One run of each instance. */
final class OpenLoop implements Runnable {
    /** Above what is due in ten seconds at the default rate: writes that a peer lost with its leader and answers late must not keep new ones from being sent. */
    private static final int MAX_WAITING = 10_000;

    private static final long NAP_NANOS = 500_000;

    private final Environment environment;
    private final KvStore store;
    private final int perSecond;
    private final Gaps gaps;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Latencies unmarkedTime = new Latencies();
    private final Latencies markedTime = new Latencies();
    private volatile boolean marked;
    private volatile boolean stopped;

    OpenLoop(Environment environment, KvStore store, int perSecond, Gaps gaps) {
        this.environment = environment;
        this.store = store;
        this.perSecond = perSecond;
        this.gaps = gaps;
    }

    /** From now on writes count as of the marked time, or no more. */
    void mark(boolean now) {
        marked = now;
    }

    /** Writes, p50 and p99 in milliseconds of the unmarked time, then of the marked. A write that began or ended in marked time counts there. */
    String line() {
        return Stream.of(unmarkedTime, markedTime)
                .map(time ->
                        Results.format("%d %.3f %.3f", time.count(), time.micros(0.5) / 1e3, time.micros(0.99) / 1e3))
                .collect(Collectors.joining(" "));
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        long begin = environment.clock().nanoTime();
        long due = 0;
        while (!stopped) {
            long now = environment.clock().nanoTime();
            for (; due < (now - begin) * perSecond / 1_000_000_000L; due++) {
                write((int) (due % Keys.COUNT));
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    private void write(int number) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            gaps.notSent();
            return;
        }
        boolean before = marked;
        long begin = environment.clock().nanoTime();
        store.put(Keys.key(number), Keys.value(number), new KvAnswer() {
            @Override
            public void done(byte[] value) {
                waiting.decrementAndGet();
                long now = environment.clock().nanoTime();
                gaps.done(now);
                (before || marked ? markedTime : unmarkedTime).record(now - begin);
            }

            @Override
            public void failed(Throwable reason) {
                waiting.decrementAndGet();
                gaps.failed(reason);
            }
        });
    }
}
