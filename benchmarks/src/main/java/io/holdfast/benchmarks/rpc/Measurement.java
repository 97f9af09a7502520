package io.holdfast.benchmarks.rpc;

import java.util.Locale;

/**
 * What one cell of the table measured.
 *
 * @param callsPerSecond answered calls
 * @param p50Micros median latency
 * @param p99Micros 99th percentile of the latency
 * @param cpuMicros CPU time of client and server together, for each call
 * @param errors failed calls
 * @param lastError what the last failed call said, or empty
 */
record Measurement(
        double callsPerSecond, double p50Micros, double p99Micros, double cpuMicros, long errors, String lastError) {
    /** One line, for {@link #parse}. */
    String line() {
        return String.format(
                Locale.ROOT,
                "%.1f %.2f %.2f %.3f %d %s",
                callsPerSecond,
                p50Micros,
                p99Micros,
                cpuMicros,
                errors,
                lastError);
    }

    static Measurement parse(String line) {
        String[] parts = line.split(" ", 6);
        return new Measurement(
                Double.parseDouble(parts[0]),
                Double.parseDouble(parts[1]),
                Double.parseDouble(parts[2]),
                Double.parseDouble(parts[3]),
                Long.parseLong(parts[4]),
                parts[5]);
    }
}
