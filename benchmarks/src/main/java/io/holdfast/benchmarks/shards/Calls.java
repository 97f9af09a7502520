package io.holdfast.benchmarks.shards;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The calls of a time, and what is read from them. Immutable. */
record Calls(List<Call> all) {
    Calls only(Predicate<Call> which) {
        return new Calls(all.stream().filter(which).toList());
    }

    /** Those that were under way in a time. */
    Calls within(long from, long to) {
        return only(call -> call.end() >= from && call.begin() < to);
    }

    long failed() {
        return all.stream().filter(call -> !call.done()).count();
    }

    /** How many ended with what. */
    String failures() {
        Map<String, Long> kinds = all.stream()
                .filter(call -> !call.done())
                .collect(Collectors.groupingBy(Call::failure, TreeMap::new, Collectors.counting()));
        return kinds.isEmpty() ? "none" : kinds.toString();
    }

    /** Milliseconds; 0 if there is none. */
    double latency(double quantile) {
        double[] sorted = all.stream()
                .filter(Call::done)
                .mapToDouble(Call::millis)
                .sorted()
                .toArray();
        return sorted.length == 0 ? 0 : sorted[(int) (quantile * (sorted.length - 1))];
    }

    /** The longest time in milliseconds, from one moment to another, in which none was done. */
    double gap(long from, long to) {
        long last = from;
        long longest = 0;
        for (Call call :
                all.stream().sorted(Comparator.comparingLong(Call::end)).toList()) {
            if (call.done() && call.end() > from && call.end() < to) {
                longest = Math.max(longest, call.end() - last);
                last = call.end();
            }
        }
        return Math.max(longest, to - last) / 1e6;
    }

    /** For each shard that had a call done that began at or after a moment: how many milliseconds after it the first of them was done. */
    Map<Integer, Double> resumed(long moment) {
        Map<Integer, Double> first = new HashMap<>();
        for (Call call : all) {
            if (call.done() && call.begin() >= moment) {
                first.merge(call.shard(), (call.end() - moment) / 1e6, Math::min);
            }
        }
        return first;
    }
}
