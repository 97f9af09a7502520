package io.holdfast.examples.streaming.demo;

import io.holdfast.examples.streaming.json.Json;
import io.holdfast.examples.streaming.load.LoadReport;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came of a run.
 *
 * @param report what the requests saw
 * @param kills how many nodes were killed
 * @param failOverMillis the longest time without a successful write between the kill of a leader and the new start of its node; less than zero if no leader was killed
 * @param restarts how many were restarted with SIGTERM
 * @param rejoined whether every such node came back
 * @param positions how many viewers had a position acknowledged
 * @param forgotten of how many it is gone
 */
record DemoResult(
        LoadReport report,
        int kills,
        long failOverMillis,
        int restarts,
        boolean rejoined,
        int positions,
        int forgotten) {
    boolean good() {
        return report.failed() == 0 && rejoined;
    }

    String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("requests", report.requests());
        json.put("failed", report.failed());
        json.put("retried", report.retried());
        json.put("p50_ms", rounded(report.p50Millis()));
        json.put("p99_ms", rounded(report.p99Millis()));
        json.put("longest_gap_ms", report.longestGapMillis());
        json.put("writes", report.writes());
        json.put("longest_write_gap_ms", report.longestWriteGapMillis());
        json.put("kills", kills);
        if (failOverMillis >= 0) {
            json.put("failover_ms", failOverMillis);
        }
        if (restarts > 0) {
            json.put("restarts", restarts);
        }
        json.put("rejoined", rejoined);
        return Json.text(json);
    }

    private static double rounded(double millis) {
        return Math.round(millis * 100) / 100.0;
    }
}
