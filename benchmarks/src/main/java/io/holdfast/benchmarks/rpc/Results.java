package io.holdfast.benchmarks.rpc;

import io.holdfast.benchmarks.run.Medians;
import io.holdfast.benchmarks.run.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What all rounds measured. For use by one thread. */
final class Results {
    private final Map<Key, List<Measurement>> cells = new LinkedHashMap<>();

    /** A row of the table. */
    record Key(boolean tls, int inFlight, String peer) {}

    void add(Key key, Measurement measured) {
        cells.computeIfAbsent(key, k -> new ArrayList<>()).add(measured);
    }

    boolean has(Key key) {
        return cells.containsKey(key);
    }

    /** The median over the rounds. */
    double median(Key key, ToDoubleFunction<Measurement> figure) {
        return Medians.of(cells.getOrDefault(key, List.of()).stream()
                .map(figure::applyAsDouble)
                .toList());
    }

    long errors(Key key) {
        return cells.getOrDefault(key, List.of()).stream()
                .mapToLong(Measurement::errors)
                .sum();
    }

    String table() {
        TextTable table = new TextTable(
                "wire", "in flight", "peer", "calls/s", "min - max", "p50 us", "p99 us", "CPU us/call", "errors");
        cells.keySet().stream()
                .sorted((a, b) -> a.tls() != b.tls()
                        ? Boolean.compare(a.tls(), b.tls())
                        : Integer.compare(a.inFlight(), b.inFlight()))
                .forEach(key -> table.row(
                        wire(key.tls()),
                        Integer.toString(key.inFlight()),
                        key.peer(),
                        format("%,.0f", median(key, Measurement::callsPerSecond)),
                        range(key),
                        format("%.1f", median(key, Measurement::p50Micros)),
                        format("%.1f", median(key, Measurement::p99Micros)),
                        format("%.2f", median(key, Measurement::cpuMicros)),
                        Long.toString(errors(key))));
        return table.toString();
    }

    private String range(Key key) {
        List<Double> rates = cells.getOrDefault(key, List.of()).stream()
                .map(Measurement::callsPerSecond)
                .sorted()
                .toList();
        return format("%,.0f - %,.0f", rates.get(0), rates.get(rates.size() - 1));
    }

    static String wire(boolean tls) {
        return tls ? "TLS 1.3" : "plain";
    }

    static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
