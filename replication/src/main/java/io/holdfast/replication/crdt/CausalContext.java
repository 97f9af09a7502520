package io.holdfast.replication.crdt;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;

/**
 * The dots that were seen, live or not (Almeida et al. 2018, section 7.1). It compacts itself: dots without a gap are one range, so what a replica keeps is a version vector, with one row of about ten bytes for
 * each store that ever wrote to the object. Only deltas have other ranges.
 *
 * <p>A row of a store that is gone for good stays. It may be dropped safely only when (a) the store writes no more, (b) every replica holds the same row, (c) no live entry of any replica has a dot of it, and
 * (d) no older state can come back: no message under way, no disk of a node that is away. Nobody can know (d) without all disks, so nothing is dropped here; a row costs less than the proof. Stores are as many
 * as disks (or as runs of nodes without one), not as restarts.
 *
 * <p>Belongs to one thread at a time.
 */
final class CausalContext {
    private final SortedMap<Long, DotRanges> rows = new TreeMap<>();

    static CausalContext of(Dot dot) {
        CausalContext one = new CausalContext();
        one.add(dot);
        return one;
    }

    SortedMap<Long, DotRanges> rows() {
        return rows;
    }

    DotRanges of(long actor) {
        return rows.getOrDefault(actor, DotRanges.NONE);
    }

    long max(long actor) {
        return of(actor).max();
    }

    boolean contains(Dot dot) {
        return of(dot.actor()).contains(dot.number());
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    boolean isVersionVector() {
        return rows.values().stream().allMatch(DotRanges::isPrefix);
    }

    void add(Dot dot) {
        add(dot.actor(), DotRanges.of(dot.number(), dot.number()));
    }

    void add(long actor, DotRanges ranges) {
        rows.merge(actor, ranges, DotRanges::plus);
    }

    void addAll(CausalContext other) {
        other.rows.forEach(this::add);
    }

    /** What this has seen and the other has not. */
    CausalContext minus(CausalContext other) {
        CausalContext left = new CausalContext();
        rows.forEach((actor, ranges) -> {
            DotRanges more = ranges.minus(other.of(actor));
            if (!more.isEmpty()) {
                left.rows.put(actor, more);
            }
        });
        return left;
    }

    CausalContext copy() {
        CausalContext copy = new CausalContext();
        copy.rows.putAll(rows);
        return copy;
    }

    void each(ObjLongConsumer<DotRanges> action) {
        rows.forEach((actor, ranges) -> action.accept(ranges, actor));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CausalContext context && rows.equals(context.rows);
    }

    @Override
    public int hashCode() {
        return rows.hashCode();
    }

    @Override
    public String toString() {
        return rows.toString();
    }
}
