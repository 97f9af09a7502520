package io.holdfast.replication.store;

import java.util.Arrays;

/** A piece of a segment that is not synced yet: written and synced at once. Filled under the journal's lock; the syncing thread reads it when no more is added. */
final class Part {
    final Segment segment;
    final int start;

    /** What the first frame of a new segment must say; 0 if the segment is there. */
    final long first;

    byte[] bytes = new byte[4 << 10];
    int length;
    long lastPosition;

    Part(Segment segment, long first) {
        this.segment = segment;
        this.start = segment.end;
        this.first = first;
    }

    /** Makes room at the end; returns where. */
    int extend(int size) {
        int at = length;
        if (at + size > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(at + size, 2 * bytes.length));
        }
        length = at + size;
        return at;
    }

    boolean has(Segment where, int offset) {
        return where == segment && offset >= start && offset < start + length;
    }
}
