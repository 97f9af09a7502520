package io.holdfast.examples.streaming.demo;

import io.holdfast.core.env.MonotonicClock;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** Draws one picture and draws it over itself each second: for terminals. */
final class LiveScreen implements Screen {
    /** No cursor, and lines end at the edge: a line that wrapped would be counted wrongly when the picture is drawn over. */
    private static final String BEGIN = "\u001b[?25l\u001b[?7l";

    private static final String END = "\u001b[?7h\u001b[?25h";
    private static final int EVENTS = 8;
    private static final int BARS = 48;
    private static final String LEVELS = " ▁▂▃▄▅▆▇█";

    private final PrintStream out;
    private final MonotonicClock clock;
    private final long startNanos;
    private final int rate;
    private final Deque<String> events = new ArrayDeque<>();
    private final Deque<Long> throughput = new ArrayDeque<>();
    private List<String> picture = List.of();
    private int drawn;
    private boolean closed;

    LiveScreen(PrintStream out, MonotonicClock clock, int rate) {
        this.out = out;
        this.clock = clock;
        this.rate = rate;
        this.startNanos = clock.nanoTime();
        out.print(BEGIN);
    }

    @Override
    public synchronized void event(String what) {
        events.add(String.format(Locale.ROOT, "%6.2f s  %s", (clock.nanoTime() - startNanos) / 1e9, what));
        if (events.size() > EVENTS) {
            events.remove();
        }
        draw();
    }

    @Override
    public synchronized void progress(Progress progress) {
        throughput.add(progress.window().succeeded());
        if (throughput.size() > BARS) {
            throughput.remove();
        }
        picture = picture(progress);
        draw();
    }

    private List<String> picture(Progress progress) {
        List<String> lines = new ArrayList<>();
        long judged = progress.window().succeeded() + progress.window().failed();
        double success = judged == 0 ? 100 : 100.0 * progress.window().succeeded() / judged;
        String time = progress.seconds() > 0
                ? Math.min(progress.second(), progress.seconds()) + " of " + progress.seconds() + " s"
                : progress.second() + " s";
        lines.add(ansi("@|bold Holdfast demo|@   " + time));
        lines.add("");
        lines.add(String.format(
                Locale.ROOT, "  answers/s   %6d   %s", progress.window().succeeded(), bars()));
        lines.add(ansi(String.format(
                Locale.ROOT,
                "  success     @|%s %5.1f %%|@   failed %d   retried %d   of %d requests",
                progress.total().failed() == 0 ? "green" : "red",
                success,
                progress.total().failed(),
                progress.total().retried(),
                progress.total().requests())));
        lines.add(String.format(
                Locale.ROOT,
                "  latency     p50 %.1f ms   p99 %.1f ms   longest time without an answer %d ms",
                progress.window().p50Millis(),
                progress.window().p99Millis(),
                progress.total().longestGapMillis()));
        lines.add(ansi(String.format(
                Locale.ROOT,
                "  writes      %d   longest time without one %d ms%s",
                progress.total().writes(),
                progress.total().longestWriteGapMillis(),
                progress.failOverMillis() < 0
                        ? ""
                        : String.format(Locale.ROOT, "   @|bold fail-over %d ms|@", progress.failOverMillis()))));
        lines.add("");
        for (Progress.NodeState node : progress.nodes()) {
            lines.add(ansi(String.format(
                    Locale.ROOT,
                    "  %-8s zone %s   @|%s|@   %s   sees %d alive   %s",
                    node.name(),
                    node.zone(),
                    node.up() ? "green up  " : "red down",
                    node.leads() ? "@|yellow leads|@" : "     ",
                    node.members(),
                    node.breakers())));
        }
        return lines;
    }

    private String bars() {
        StringBuilder bars = new StringBuilder();
        for (long one : throughput) {
            int level = (int) Math.min(LEVELS.length() - 1L, one * (LEVELS.length() - 1) / Math.max(1, rate));
            bars.append(LEVELS.charAt(level));
        }
        return bars.toString();
    }

    private static String ansi(String markup) {
        return Ansi.ON.string(markup);
    }

    private void draw() {
        if (closed) { // what a stopped demo still tells would spoil the terminal
            return;
        }
        List<String> lines = new ArrayList<>(picture);
        if (!lines.isEmpty()) {
            lines.add("");
        }
        lines.addAll(events);
        StringBuilder frame = new StringBuilder();
        if (drawn > 0) {
            frame.append(String.format(Locale.ROOT, "\u001b[%dA\u001b[J", drawn));
        }
        lines.forEach(line -> frame.append(line).append('\n'));
        drawn = lines.size();
        out.print(frame);
        out.flush();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            out.print(END);
            out.flush();
        }
    }
}
