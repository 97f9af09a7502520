package io.holdfast.replication.crdt;

import java.util.Arrays;

/** The numbers of one actor's dots as closed ranges, in order, apart from each other. All that was ever seen of an actor is one range from 1 on: a row of a version vector. Immutable. */
final class DotRanges {
    static final DotRanges NONE = new DotRanges(new long[0]);

    private final long[] bounds; // from, to, from, to

    private DotRanges(long[] bounds) {
        this.bounds = bounds;
    }

    static DotRanges of(long from, long to) {
        return new DotRanges(new long[] {from, to});
    }

    /** Of bounds in order: from, to, from, to; each range begins after the one before has ended. */
    static DotRanges ofOrdered(long[] bounds) {
        long[] merged = new long[bounds.length];
        int used = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            if (used > 0 && bounds[i] == merged[used - 1] + 1) {
                merged[used - 1] = bounds[i + 1];
            } else {
                merged[used++] = bounds[i];
                merged[used++] = bounds[i + 1];
            }
        }
        return used == 0 ? NONE : new DotRanges(Arrays.copyOf(merged, used));
    }

    int size() {
        return bounds.length / 2;
    }

    long from(int range) {
        return bounds[2 * range];
    }

    long to(int range) {
        return bounds[2 * range + 1];
    }

    boolean isEmpty() {
        return bounds.length == 0;
    }

    /** The greatest number, or 0. */
    long max() {
        return isEmpty() ? 0 : bounds[bounds.length - 1];
    }

    boolean isPrefix() {
        return bounds.length == 2 && bounds[0] == 1;
    }

    boolean contains(long number) {
        for (int i = size() - 1; i >= 0; i--) {
            if (number >= from(i)) {
                return number <= to(i);
            }
        }
        return false;
    }

    DotRanges plus(DotRanges other) {
        if (isEmpty() || other.isEmpty()) {
            return isEmpty() ? other : this;
        }
        if (size() == 1 && other.size() == 1 && from(0) <= other.from(0) && to(0) >= other.to(0)) {
            return this;
        }
        long[] merged = new long[bounds.length + other.bounds.length];
        int used = 0;
        int mine = 0;
        int its = 0;
        while (mine < size() || its < other.size()) {
            boolean takeMine = its == other.size() || (mine < size() && from(mine) <= other.from(its));
            long from = takeMine ? from(mine) : other.from(its);
            long to = takeMine ? to(mine++) : other.to(its++);
            if (used > 0 && from <= merged[used - 1] + 1) {
                merged[used - 1] = Math.max(merged[used - 1], to);
            } else {
                merged[used++] = from;
                merged[used++] = to;
            }
        }
        return new DotRanges(Arrays.copyOf(merged, used));
    }

    DotRanges minus(DotRanges other) {
        long[] left = new long[bounds.length + other.bounds.length];
        int used = 0;
        int its = 0;
        for (int mine = 0; mine < size(); mine++) {
            long from = from(mine);
            while (its < other.size() && other.to(its) < from) {
                its++;
            }
            for (int at = its; at < other.size() && other.from(at) <= to(mine); at++) {
                if (other.from(at) > from) {
                    left[used++] = from;
                    left[used++] = other.from(at) - 1;
                }
                from = Math.max(from, other.to(at) + 1);
            }
            if (from <= to(mine)) {
                left[used++] = from;
                left[used++] = to(mine);
            }
        }
        return used == 0 ? NONE : new DotRanges(Arrays.copyOf(left, used));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DotRanges ranges && Arrays.equals(bounds, ranges.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        return Arrays.toString(bounds);
    }
}
