package io.holdfast.replication.store;

import io.holdfast.core.Check;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.RandomSource;
import io.holdfast.replication.store.Disk.DiskFile;
import io.holdfast.replication.store.Doubt.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a disk has: all frames in their order, so that the index is what it was. For one thread, once. */
final class Opening {
    private static final Logger log = LoggerFactory.getLogger(Opening.class);
    private static final String STORE_ID = "store-id";
    private static final int MAX_SEGMENTS = 1 << 20;

    private final Disk disk;
    private final StoreOptions options;
    private final long storeId;
    private final TreeMap<Long, DiskFile> files = new TreeMap<>();
    private final Set<Place> damage = new LinkedHashSet<>();
    private long tornBytes;
    private long first;

    private Opening(Disk disk, StoreOptions options, long storeId) {
        this.disk = disk;
        this.options = options;
        this.storeId = storeId;
    }

    /**
     * What was found.
     *
     * @param tornBytes what a crash had cut, and was dropped
     */
    record Found(long storeId, Journal journal, LiveRows rows, Doubt doubt, long tornBytes) {}

    static Found open(Disk disk, DurableCells cells, StoreOptions options, RandomSource random) throws IOException {
        List<Long> numbers = disk.names().stream()
                .map(Segment::number)
                .filter(number -> number >= 0)
                .toList();
        Opening opening = new Opening(disk, options, storeId(disk, cells, random, numbers.isEmpty()));
        boolean opened = false;
        try {
            for (long number : numbers) {
                opening.files.put(number, disk.open(Segment.name(number)));
            }
            Found found = opening.read(new Doubt(cells));
            opened = true;
            return found;
        } finally {
            if (!opened) {
                for (DiskFile file : opening.files.values()) {
                    file.close();
                }
            }
        }
    }

    private static long storeId(Disk disk, DurableCells cells, RandomSource random, boolean isNew) {
        byte[] stored = cells.read(STORE_ID).orElse(null);
        if (stored != null) {
            return ByteBuffer.wrap(stored).getLong();
        }
        if (!isNew) {
            throw new IllegalStateException("store " + disk + " has segments and no cell " + STORE_ID
                    + "; restore that file, or remove the directory so that the rows come from other replicas");
        }
        long drawn = random.split("row-store").nextLong();
        cells.write(STORE_ID, ByteBuffer.allocate(Long.BYTES).putLong(drawn).array());
        return drawn;
    }

    private Found read(Doubt doubt) throws IOException {
        int end = settleTail();
        List<Segment> segments = segments(end);
        Journal journal = new Journal(storeId, (int) options.segmentSize().bytes(), segments, first);
        LiveRows rows = new LiveRows(journal);
        for (Segment segment : segments) {
            scan(segment, rows);
        }
        doubt.found(damage);
        report(rows);
        return new Found(storeId, journal, rows, doubt, tornBytes);
    }

    /** Drops what a crash has cut, and syncs what it has left. Returns where the last segment ends. */
    private int settleTail() throws IOException {
        boolean followed = false;
        for (Map.Entry<Long, DiskFile> last = files.lastEntry(); last != null; last = files.lastEntry()) {
            long number = last.getKey();
            DiskFile file = last.getValue();
            checkOurs(number, file);
            Tail tail = Tail.of(file, storeId, number);
            if (!tail.isUnborn(file.size())) {
                long needed = firstOf(number, tail);
                first = needed > 0 ? needed : files.firstKey();
                dropUnneeded();
                return settle(file, tail, followed ? (int) file.size() : tail.end);
            }
            files.remove(number);
            file.close();
            disk.delete(Segment.name(number));
            disk.syncNames();
            followed = true; // so all before was synced
        }
        first = 1;
        return 0;
    }

    /** What the last segment says; if its own first frame is spoilt, what the ones before say. */
    private long firstOf(long last, Tail tail) throws IOException {
        long needed = tail.first;
        boolean known = tail.opened;
        for (Map.Entry<Long, DiskFile> before :
                files.headMap(last, false).descendingMap().entrySet()) {
            if (known) {
                break;
            }
            Tail earlier = Tail.of(before.getValue(), storeId, before.getKey());
            needed = Math.max(needed, earlier.first);
            known = earlier.opened;
        }
        return needed;
    }

    private void checkOurs(long number, DiskFile file) throws IOException {
        byte[] bytes = new byte[Segment.OPENING];
        Frame frame = new Frame();
        boolean readable = file.read(bytes, 0, bytes.length, 0) == bytes.length
                && frame.read(bytes, 0, Frame.salt(0, number, 0))
                && frame.size() == Segment.OPENING
                && frame.isWhole(bytes, 0);
        if (!readable) {
            return;
        }
        if (frame.keyHash != storeId) {
            throw new IllegalStateException("segment " + Segment.name(number) + " of " + disk + " belongs to store "
                    + Long.toHexString(frame.keyHash) + ", not to " + Long.toHexString(storeId)
                    + "; give each store a directory of its own");
        }
        int format = ByteBuffer.wrap(frame.key(bytes, 0)).getInt();
        if (format != Segment.FORMAT) {
            throw new IllegalStateException("segment " + Segment.name(number) + " of " + disk + " has format " + format
                    + ", and this version reads format " + Segment.FORMAT + "; start the version that wrote it");
        }
    }

    private void dropUnneeded() throws IOException {
        Iterator<Map.Entry<Long, DiskFile>> unneeded =
                files.headMap(first, false).entrySet().iterator();
        while (unneeded.hasNext()) {
            Map.Entry<Long, DiskFile> each = unneeded.next();
            each.getValue().close();
            unneeded.remove();
            disk.delete(Segment.name(each.getKey()));
        }
    }

    /**
     * What follows the last BEGIN frame may not be synced. It is written once more first: when a process before this one met a failed sync, memory has what the disk has not, and no sync writes
     * it again.
     */
    private int settle(DiskFile file, Tail tail, int end) throws IOException {
        if (end < file.size()) {
            tornBytes = file.size() - end;
            file.truncate(end);
        }
        int from = Math.max(tail.begin, 0);
        if (end - from > Frame.HEADER) {
            byte[] bytes = new byte[end - from];
            int count = file.read(bytes, 0, bytes.length, from);
            file.write(bytes, 0, count, from);
        }
        file.sync();
        disk.syncNames();
        return (end + 7) & ~7;
    }

    /** All from the first that is needed to the last, also those that are missing. */
    private List<Segment> segments(int end) throws IOException {
        List<Segment> segments = new ArrayList<>();
        if (files.isEmpty()) {
            return segments;
        }
        long last = files.lastKey();
        Check.that(
                last - first < MAX_SEGMENTS,
                "store %s has segments %d to %d, and may have %d",
                disk,
                first,
                last,
                MAX_SEGMENTS);
        for (long number = first; number <= last; number++) {
            DiskFile file = files.get(number);
            if (file == null) {
                damage.add(new Place(number, 0));
                segments.add(new Segment(number, null, 0));
            } else {
                checkOurs(number, file);
                segments.add(new Segment(number, file, number == last ? end : (int) file.size()));
            }
        }
        return segments;
    }

    private void scan(Segment segment, LiveRows rows) throws IOException {
        if (segment.file == null) {
            return;
        }
        SegmentScan scan = new SegmentScan(segment.file(), storeId, segment.number, segment.end);
        boolean found = scan.next();
        while (found) {
            note(segment, scan);
            enter(scan, rows);
            found = scan.next();
        }
        note(segment, scan);
    }

    /** A first frame that is spoilt held no row. */
    private void note(Segment segment, SegmentScan scan) {
        boolean harmless = scan.gap() == 0 && scan.offset() == Segment.OPENING;
        if (scan.gap() >= 0 && !harmless) {
            damage.add(new Place(segment.number, scan.gap()));
        }
    }

    private static void enter(SegmentScan scan, LiveRows rows) {
        Frame frame = scan.frame;
        boolean row = frame.kind == Frame.PUT || frame.kind == Frame.REMOVE;
        if (frame.kind == Frame.LOST || row && !scan.isWhole()) {
            rows.lose(frame.keyHash);
        } else if (row) {
            byte[] key = frame.key(scan.bytes(), scan.at());
            if (frame.kind == Frame.PUT) {
                rows.found(frame, key, scan.location());
            } else {
                rows.removed(frame.keyHash, key);
            }
        }
    }

    private void report(LiveRows rows) {
        if (tornBytes > 0) {
            log.warn(
                    "store {}: the last {} bytes were cut by a crash before they were synced, and are dropped",
                    disk,
                    tornBytes);
        }
        if (rows.index().lost() > 0) {
            log.error(
                    "store {}: {} rows are damaged; they are not served before they are put again",
                    disk,
                    rows.index().lost());
        }
        if (!damage.isEmpty()) {
            log.error(
                    "store {}: at {} the disk has lost something that nobody knows; all partitions are in doubt",
                    disk,
                    damage);
        }
    }
}
