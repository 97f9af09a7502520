package io.holdfast.replication.store;

import io.holdfast.replication.store.Disk.DiskFile;
import java.io.IOException;

/**
 * How the last segment ends. What is spoilt after the last BEGIN frame may never have been synced: a write that a crash has cut, which is dropped with all that follows. What is spoilt before
 * was synced, and is damage.
 */
final class Tail {
    /** Whether it begins with the first frame that every segment has. */
    final boolean opened;

    /** The first segment that was needed when it was written; 0 if it does not say. */
    final long first;

    /** Where the last BEGIN frame is; -1 if there is none. */
    final int begin;

    /** Where what is sound, or is damage, ends. */
    final int end;

    private Tail(boolean opened, long first, int begin, int end) {
        this.opened = opened;
        this.first = first;
        this.begin = begin;
        this.end = end;
    }

    static Tail of(DiskFile file, long storeId, long number) throws IOException {
        int size = (int) file.size();
        SegmentScan scan = new SegmentScan(file, storeId, number, size);
        boolean opened = false;
        long first = 0;
        int begin = -1;
        int torn = -1;
        while (scan.next()) {
            Frame frame = scan.frame;
            int spoilt = scan.gap() >= 0 ? scan.gap() : scan.isWhole() ? -1 : scan.offset();
            torn = torn < 0 ? spoilt : torn;
            if (frame.kind == Frame.BEGIN) {
                begin = scan.offset();
                torn = -1;
            } else if (frame.kind == Frame.FIRST) {
                first = Math.max(first, frame.keyHash);
            } else if (frame.kind == Frame.SEGMENT) {
                opened = true;
                first = Math.max(first, frame.stateHash);
            }
        }
        torn = torn < 0 ? scan.gap() : torn;
        return new Tail(opened, first, begin, torn < 0 ? size : torn);
    }

    /** Whether nothing was ever synced in it but perhaps its first frame: the file that a crash has left of a new segment. */
    boolean isUnborn(long size) {
        return !opened && begin < 0 && size <= Segment.OPENING;
    }
}
