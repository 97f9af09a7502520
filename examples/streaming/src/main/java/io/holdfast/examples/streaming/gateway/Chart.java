package io.holdfast.examples.streaming.gateway;

import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.examples.streaming.catalog.Catalog;
import io.holdfast.examples.streaming.catalog.Title;
import io.holdfast.examples.streaming.chart.Charts;
import io.holdfast.examples.streaming.chart.Counted;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The titles that were played most until last night, as JSON.
 *
 * @param titles the most played first
 * @param plays how many plays were counted in all
 * @param countedBy the node that counted last
 * @param token the fencing token under which it did
 */
record Chart(List<Line> titles, long plays, String countedBy, long token) {
    private static final int LENGTH = 20;

    /** A title and how often it was played. */
    record Line(Title title, long plays) {}

    static Chart of(Charts charts, Catalog catalog) {
        Counted counted = charts.counted(ReadConsistency.LOCAL);
        List<Line> lines = charts.totals().entrySet().stream()
                .sorted(Map.Entry.<Integer, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(LENGTH)
                .map(one -> catalog.find(one.getKey()).map(title -> new Line(title, one.getValue())))
                .flatMap(Optional::stream)
                .toList();
        return new Chart(lines, counted.next(), counted.node(), counted.token());
    }
}
