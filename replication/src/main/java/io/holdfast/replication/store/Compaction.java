package io.holdfast.replication.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees space: copies the rows that are there from the oldest segment to the end of the journal, says durably that it is not needed, and deletes it.
 *
 * <p>Always the oldest: what a REMOVE frame in it hides is older, so it can be dropped, and no order of frames ever changes. When it runs the garbage is at least {@link StoreOptions#maxGarbage}
 * times the rows; on its way through all segments it copies the rows once, so a byte that is put costs at most about {@code 1 / maxGarbage} that are copied, also where most rows never
 * change (where choosing the emptiest segment would copy less). Called by the store's own thread.
 */
final class Compaction {
    private static final Logger log = LoggerFactory.getLogger(Compaction.class);

    private final Disk disk;
    private final long storeId;
    private final StoreOptions options;
    private final StoreState state;
    private final Journal journal;
    private final LiveRows rows;
    private @Nullable Segment victim;
    private @Nullable SegmentScan scan;
    private long dropAfter;

    Compaction(Disk disk, long storeId, StoreOptions options, StoreState state, Journal journal, LiveRows rows) {
        this.disk = disk;
        this.storeId = storeId;
        this.options = options;
        this.state = state;
        this.journal = journal;
        this.rows = rows;
    }

    /** Does a little. Returns whether it did anything; if not, it has nothing to do before more is written. */
    boolean step(long budget) {
        if (state.hasFailed()) {
            return false;
        }
        Segment segment = victim;
        try {
            if (segment == null) {
                return begin();
            }
            return scan != null ? copy(segment, scan, budget) : drop(segment);
        } catch (IOException e) {
            log.error("store {}: a segment cannot be freed; the next opening does it", state.name(), e);
            return false;
        }
    }

    private boolean begin() {
        state.lock.lock();
        try {
            Segment oldest = isDue() ? journal.oldest() : null;
            victim = oldest;
            if (oldest != null && oldest.file != null) {
                scan = new SegmentScan(oldest.file(), storeId, oldest.number, oldest.end);
            } else if (oldest != null) {
                end(oldest);
            }
            return oldest != null;
        } finally {
            state.lock.unlock();
        }
    }

    /** With little space each segment's worth of garbage is too much. */
    private boolean isDue() {
        long garbage = journal.bytes() - rows.bytes();
        long segment = options.segmentSize().bytes();
        double allowed =
                state.refusal() != null ? segment : Math.max(2.0 * segment, rows.bytes() * options.maxGarbage());
        return garbage > allowed;
    }

    private boolean copy(Segment segment, SegmentScan from, long budget) throws IOException {
        long until = from.offset() + budget;
        while (from.offset() < until) {
            boolean found = from.next();
            state.lock.lock();
            try {
                if (from.gap() >= 0) {
                    lose(segment, from.gap(), from.offset());
                }
                if (!found) {
                    end(segment);
                    return true;
                }
                take(from);
            } finally {
                state.lock.unlock();
            }
        }
        return true;
    }

    private void take(SegmentScan from) {
        Frame frame = from.frame;
        long location = from.location();
        if (frame.kind == Frame.PUT && rows.index().has(frame.keyHash, location)) {
            if (from.isWhole()) {
                rows.copy(frame, from.bytes(), from.at(), location);
            } else {
                rows.lose(frame.keyHash, location);
            }
        }
        boolean lost = frame.kind == Frame.LOST || !from.isWhole();
        if (lost && rows.index().isLost(frame.keyHash)) {
            journal.lost(frame.keyHash);
        }
    }

    /** The rows whose frames were in spoilt bytes: the index knows them, as it was made before they were spoilt, or they were found missing then. */
    private void lose(Segment segment, int from, int to) {
        for (long keyHash : rows.index().keysAt(at -> isIn(at, segment, from, to))) {
            for (long location : rows.index().locations(keyHash)) {
                if (isIn(location, segment, from, to) && rows.lose(keyHash, location)) {
                    journal.lost(keyHash);
                }
            }
        }
    }

    private static boolean isIn(long location, Segment segment, int from, int to) {
        return location != RowIndex.LOST
                && Location.after(location, segment.number) == 0
                && Location.offset(location) >= from
                && Location.offset(location) < to;
    }

    /** All that is needed of it is copied. Under the lock. */
    private void end(Segment segment) {
        scan = null;
        journal.first(segment.number + 1);
        dropAfter = journal.position();
    }

    private boolean drop(Segment segment) throws IOException {
        if (state.synced() < dropAfter) {
            return false;
        }
        state.lock.lock();
        try {
            journal.dropOldest();
        } finally {
            state.lock.unlock();
        }
        victim = null;
        segment.close();
        disk.delete(Segment.name(segment.number));
        try {
            disk.syncNames();
        } catch (IOException e) {
            state.fail("a sync of the directory failed", e);
        }
        return true;
    }
}
