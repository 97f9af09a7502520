package io.holdfast.benchmarks.consensus;

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
    private final Map<Key, List<Turn>> cells = new LinkedHashMap<>();

    /** A row of the table. */
    record Key(Workload workload, int clients, String peer) {}

    /**
     * One turn of a peer in a cell.
     *
     * @param seen by the client
     * @param cpuMicros CPU time of the three servers and the client, for each operation
     * @param serverMebibytes resident memory of the largest server
     * @param clientMebibytes of the client
     */
    record Turn(Measurement seen, double cpuMicros, long serverMebibytes, long clientMebibytes) {}

    void add(Key key, Turn turn) {
        cells.computeIfAbsent(key, k -> new ArrayList<>()).add(turn);
    }

    boolean has(Key key) {
        return cells.containsKey(key);
    }

    /** The median over the rounds. */
    double median(Key key, ToDoubleFunction<Turn> figure) {
        return Medians.of(cells.getOrDefault(key, List.of()).stream()
                .map(figure::applyAsDouble)
                .toList());
    }

    long errors(Key key) {
        return cells.getOrDefault(key, List.of()).stream()
                .mapToLong(turn -> turn.seen().errors())
                .sum();
    }

    String table() {
        TextTable table = new TextTable(
                "workload",
                "clients",
                "peer",
                "ops/s",
                "min - max",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "CPU us/op",
                "server MiB",
                "client MiB",
                "errors");
        cells.keySet().stream()
                .sorted((a, b) -> a.workload() != b.workload()
                        ? a.workload().compareTo(b.workload())
                        : Integer.compare(a.clients(), b.clients()))
                .forEach(key -> table.row(
                        key.workload().word(),
                        Integer.toString(key.clients()),
                        key.peer(),
                        format("%,.0f", median(key, turn -> turn.seen().perSecond())),
                        range(key),
                        format("%.2f", median(key, turn -> turn.seen().p50Millis())),
                        format("%.2f", median(key, turn -> turn.seen().p99Millis())),
                        format("%.2f", median(key, turn -> turn.seen().p999Millis())),
                        format("%.1f", median(key, Turn::cpuMicros)),
                        format("%.0f", median(key, Turn::serverMebibytes)),
                        format("%.0f", median(key, Turn::clientMebibytes)),
                        Long.toString(errors(key))));
        return table.toString();
    }

    private String range(Key key) {
        List<Double> rates = cells.getOrDefault(key, List.of()).stream()
                .map(turn -> turn.seen().perSecond())
                .sorted()
                .toList();
        return format("%,.0f - %,.0f", rates.get(0), rates.get(rates.size() - 1));
    }

    static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
