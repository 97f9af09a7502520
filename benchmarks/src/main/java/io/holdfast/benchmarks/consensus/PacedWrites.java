package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.Latencies;
import io.holdfast.benchmarks.run.OpenLoop;
import io.holdfast.core.env.Environment;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes whose gaps and latencies are measured, for an {@link OpenLoop}. Safe for use by many threads. */
final class PacedWrites implements OpenLoop.Deed {
    /** Above what is due in ten seconds at the default rate: writes that a peer lost with its leader and answers late must not keep new ones from being sent. */
    static final int MAX_WAITING = 10_000;

    private final Environment environment;
    private final KvStore store;
    private final Gaps gaps;
    private final Latencies unmarkedTime = new Latencies();
    private final Latencies markedTime = new Latencies();
    private volatile boolean marked;

    PacedWrites(Environment environment, KvStore store, Gaps gaps) {
        this.environment = environment;
        this.store = store;
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

    @Override
    public void leaveOut() {
        gaps.notSent();
    }

    @Override
    public void begin(long due, Runnable over) {
        int number = (int) (due % Keys.COUNT);
        boolean before = marked;
        long begin = environment.clock().nanoTime();
        store.put(Keys.key(number), Keys.value(number), new KvAnswer() {
            @Override
            public void done(byte[] value) {
                over.run();
                long now = environment.clock().nanoTime();
                gaps.done(now);
                (before || marked ? markedTime : unmarkedTime).record(now - begin);
            }

            @Override
            public void failed(Throwable reason) {
                over.run();
                gaps.failed(reason);
            }
        });
    }
}
