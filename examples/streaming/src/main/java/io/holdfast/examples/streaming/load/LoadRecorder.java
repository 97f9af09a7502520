package io.holdfast.examples.streaming.load;

import java.util.ArrayList;
import java.util.List;

/** Keeps the count while the load runs. Safe for use by many threads. */
final class LoadRecorder {
    private static final int MAX_FAILURES = 10;

    private final LatencyHistogram whole = new LatencyHistogram();
    private final LatencyHistogram window = new LatencyHistogram();
    private final List<String> failures = new ArrayList<>();
    private long requests;
    private long failed;
    private long retried;
    private long windowFailed;
    private long lastSuccessNanos;
    private long longestGapNanos;

    synchronized void begin(long nowNanos) {
        lastSuccessNanos = nowNanos;
    }

    synchronized void sent() {
        requests++;
    }

    synchronized void retried() {
        retried++;
    }

    synchronized void succeeded(long dueNanos, long nowNanos) {
        whole.add(nowNanos - dueNanos);
        window.add(nowNanos - dueNanos);
        noteGap(nowNanos);
        lastSuccessNanos = nowNanos;
    }

    synchronized void failed(String reason) {
        failed++;
        windowFailed++;
        if (failures.size() < MAX_FAILURES) {
            failures.add(reason);
        }
    }

    /** The load is over: silence until now counts as a gap too. */
    synchronized void end(long nowNanos) {
        noteGap(nowNanos);
    }

    private void noteGap(long nowNanos) {
        longestGapNanos = Math.max(longestGapNanos, nowNanos - lastSuccessNanos);
    }

    synchronized LoadReport report() {
        return new LoadReport(
                requests,
                failed,
                retried,
                whole.millisAt(0.50),
                whole.millisAt(0.99),
                longestGapNanos / 1_000_000,
                List.copyOf(failures));
    }

    /** What happened since the last call. */
    synchronized LoadWindow takeWindow() {
        LoadWindow taken = new LoadWindow(window.count(), windowFailed, window.millisAt(0.50), window.millisAt(0.99));
        window.clear();
        windowFailed = 0;
        return taken;
    }
}
