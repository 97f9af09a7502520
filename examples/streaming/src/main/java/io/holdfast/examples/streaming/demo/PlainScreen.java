package io.holdfast.examples.streaming.demo;

import io.holdfast.core.env.MonotonicClock;
import java.io.PrintStream;
import java.util.Locale;

/** Prints a line an event and one every few seconds: for files and build logs. */
final class PlainScreen implements Screen {
    private static final int EVERY_SECONDS = 5;

    private final PrintStream out;
    private final MonotonicClock clock;
    private final long startNanos;

    PlainScreen(PrintStream out, MonotonicClock clock) {
        this.out = out;
        this.clock = clock;
        this.startNanos = clock.nanoTime();
    }

    @Override
    public void event(String what) {
        out.printf(Locale.ROOT, "%6.2f s  %s%n", (clock.nanoTime() - startNanos) / 1e9, what);
    }

    @Override
    public void progress(Progress progress) {
        if (progress.second() % EVERY_SECONDS == 0 && progress.second() > 0) {
            event(String.format(
                    Locale.ROOT,
                    "load %d s: %d requests, %d failed, %d retried, %d writes; last second %d answers, p50 %.1f ms, p99 %.1f ms",
                    progress.second(),
                    progress.total().requests(),
                    progress.total().failed(),
                    progress.total().retried(),
                    progress.total().writes(),
                    progress.window().succeeded(),
                    progress.window().p50Millis(),
                    progress.window().p99Millis()));
        }
    }

    @Override
    public void close() {
        out.flush();
    }
}
