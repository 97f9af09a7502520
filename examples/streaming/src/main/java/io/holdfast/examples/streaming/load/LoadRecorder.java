package io.holdfast.examples.streaming.load;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** Keeps the count while the load runs. Safe for use by many threads. */
final class LoadRecorder {
    private static final int MAX_CAUSES = 20;

    private final LatencyHistogram whole = new LatencyHistogram();
    private final LatencyHistogram window = new LatencyHistogram();
    private final Map<String, FailureGroup> failures = new HashMap<>();
    private long beginNanos;
    private long requests;
    private long failed;
    private long retried;
    private long windowFailed;
    private final Silence all = new Silence();
    private final Silence writes = new Silence();
    private long writesDone;
    private final KindCounts kinds = new KindCounts();

    synchronized void begin(long nowNanos) {
        beginNanos = nowNanos;
        all.begin(nowNanos);
        writes.begin(nowNanos);
        kinds.mark(nowNanos);
    }

    /** Counts by kind begin anew with the requests that are due from now on. */
    synchronized void mark(long nowNanos) {
        kinds.mark(nowNanos);
    }

    synchronized Map<String, KindReport> kinds() {
        return kinds.report();
    }

    synchronized void sent() {
        requests++;
    }

    synchronized void retried() {
        retried++;
    }

    synchronized void succeeded(Flight flight, long nowNanos) {
        long dueNanos = flight.dueNanos();
        kinds.answered(flight.shot().kind(), dueNanos, nowNanos - dueNanos);
        whole.add(nowNanos - dueNanos);
        window.add(nowNanos - dueNanos);
        all.broken(nowNanos);
        if (flight.shot().writes()) {
            writes.broken(nowNanos);
            writesDone++;
        }
    }

    /** The longest time without a written answer that ended since the last call, or that goes on. */
    synchronized long takeLongestWriteGapNanos(long nowNanos) {
        return writesDone == 0 ? 0 : writes.takeLongest(nowNanos);
    }

    /** Counts a failure to its cause; beyond {@value #MAX_CAUSES} causes to one that stands for all others. */
    synchronized void failed(Flight flight, String cause, String example, long nowNanos) {
        kinds.failed(flight.shot().kind(), flight.dueNanos());
        failed++;
        windowFailed++;
        String known = failures.containsKey(cause) || failures.size() < MAX_CAUSES ? cause : "other causes";
        double second = (nowNanos - beginNanos) / 1e9;
        failures.merge(
                known, new FailureGroup(known, 1, second, second, example), (before, one) -> before.oneMore(second));
    }

    /** The load is over: silence until now counts as a gap too. */
    synchronized void end(long nowNanos) {
        all.broken(nowNanos);
        writes.broken(nowNanos);
    }

    synchronized LoadReport report() {
        return new LoadReport(
                requests,
                failed,
                retried,
                whole.millisAt(0.50),
                whole.millisAt(0.99),
                all.longestMillis(),
                writesDone,
                writesDone == 0 ? 0 : writes.longestMillis(),
                failures.values().stream()
                        .sorted(Comparator.comparingLong(FailureGroup::count)
                                .reversed()
                                .thenComparing(FailureGroup::cause))
                        .toList());
    }

    /** What happened since the last call. */
    synchronized LoadWindow takeWindow() {
        LoadWindow taken = new LoadWindow(window.count(), windowFailed, window.millisAt(0.50), window.millisAt(0.99));
        window.clear();
        windowFailed = 0;
        return taken;
    }
}
