package io.holdfast.benchmarks.shards;

import io.holdfast.benchmarks.run.Medians;
import io.holdfast.benchmarks.run.TextTable;
import java.util.List;
import java.util.Locale;

/** The figures, and the bars beside them. For use by one thread. */
final class Bars {
    private final TextTable table = new TextTable("run", "figure", "measured", "bar", "verdict");
    private boolean met = true;

    /** A figure with a bar. */
    void row(String run, String figure, String measured, String bar, boolean holds) {
        met &= holds;
        add(run, figure, measured, bar, holds ? "met" : "MISSED");
    }

    /** At once too, so that a run which is broken off has shown what it had. */
    private void add(String... cells) {
        System.out.println("  " + String.join(" | ", cells));
        table.row(cells);
    }

    /** A figure without one. */
    void row(String run, String figure, String measured) {
        add(run, figure, measured, "", "");
    }

    /** What holds for every run with a load: nothing lost, nothing doubled, no read goes back. */
    void faults(String run, Account.Faults faults) {
        row(run, "of acknowledged calls, checked per entity", faults.toString(), "0", faults.none());
    }

    boolean met() {
        return met;
    }

    static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    static double max(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    /** p50 and max. */
    static String millis(List<Double> values) {
        return values.isEmpty() ? "-" : text("p50 %.0f ms, max %.0f ms", Medians.of(values), max(values));
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
