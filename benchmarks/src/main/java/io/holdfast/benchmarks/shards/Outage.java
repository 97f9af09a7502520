package io.holdfast.benchmarks.shards;

import java.util.Map;
import java.util.Set;

/**
 * What callers saw when an owner failed.
 *
 * @param lastMillis until each of its shards had a call done that began after it failed
 * @param medianMillis until half of its shards had
 * @param otherGapMillis the longest time without a call done of any shard of others
 * @param otherWriteGapMillis the longest time without a write done of any shard of others
 * @param failed failed calls, of its shards and of others
 */
record Outage(double lastMillis, double medianMillis, double otherGapMillis, double otherWriteGapMillis, long failed) {
    /** Of the calls between two moments. A shard without a call done counts as the whole time. */
    static Outage of(Calls calls, Set<Integer> shards, long from, long to) {
        double whole = (to - from) / 1e6;
        Map<Integer, Double> resumed = calls.resumed(from);
        double[] sorted = shards.stream()
                .mapToDouble(shard -> resumed.getOrDefault(shard, whole))
                .sorted()
                .toArray();
        Calls others = calls.only(call -> !shards.contains(call.shard()));
        return new Outage(
                sorted.length == 0 ? 0 : sorted[sorted.length - 1],
                sorted.length == 0 ? 0 : sorted[sorted.length / 2],
                others.gap(from, to),
                others.only(Call::write).gap(from, to),
                calls.within(from, to).failed());
    }

    @Override
    public String toString() {
        return Bars.text(
                "its shards back after %.0f ms (half of them %.0f ms), others: longest gap %.0f ms, of writes %.0f ms, %d failed",
                lastMillis, medianMillis, otherGapMillis, otherWriteGapMillis, failed);
    }
}
