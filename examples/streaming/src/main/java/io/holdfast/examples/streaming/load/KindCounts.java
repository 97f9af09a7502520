package io.holdfast.examples.streaming.load;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts by kind the requests that were due since a mark. Guarded by its owner. */
final class KindCounts {
    private static final class Kind {
        private final LatencyHistogram latencies = new LatencyHistogram();
        private long failed;
    }

    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private long sinceNanos;

    void mark(long nowNanos) {
        kinds.clear();
        sinceNanos = nowNanos;
    }

    void answered(String name, long dueNanos, long latencyNanos) {
        if (dueNanos - sinceNanos >= 0) {
            of(name).latencies.add(latencyNanos);
        }
    }

    void failed(String name, long dueNanos) {
        if (dueNanos - sinceNanos >= 0) {
            Kind kind = of(name);
            kind.latencies.add(HttpLoad.PATIENCE.toNanos());
            kind.failed++;
        }
    }

    private Kind of(String name) {
        return kinds.computeIfAbsent(name, fresh -> new Kind());
    }

    Map<String, KindReport> report() {
        Map<String, KindReport> reports = new LinkedHashMap<>();
        kinds.forEach((name, kind) -> reports.put(
                name,
                new KindReport(
                        kind.latencies.count() - kind.failed,
                        kind.failed,
                        kind.latencies.millisAt(0.5),
                        kind.latencies.millisAt(0.99))));
        return reports;
    }
}
