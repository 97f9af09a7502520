package io.holdfast.benchmarks.consensus;

import java.util.Locale;

/**
 * What the client saw in one cell of the table.
 *
 * @param perSecond operations that were done
 * @param count how many they were
 * @param p50Millis median latency
 * @param p99Millis 99th percentile
 * @param p999Millis 99.9th percentile
 * @param errors operations that failed
 * @param lastError what the last of them said, or empty
 */
record Measurement(
        double perSecond,
        long count,
        double p50Millis,
        double p99Millis,
        double p999Millis,
        long errors,
        String lastError) {
    /** One line, for {@link #parse}. */
    String line() {
        return String.format(
                Locale.ROOT,
                "%.1f %d %.4f %.4f %.4f %d %s",
                perSecond,
                count,
                p50Millis,
                p99Millis,
                p999Millis,
                errors,
                lastError);
    }

    static Measurement parse(String line) {
        String[] parts = line.split(" ", 7);
        return new Measurement(
                Double.parseDouble(parts[0]),
                Long.parseLong(parts[1]),
                Double.parseDouble(parts[2]),
                Double.parseDouble(parts[3]),
                Double.parseDouble(parts[4]),
                Long.parseLong(parts[5]),
                parts[6]);
    }
}
