package io.holdfast.consensus.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads one segment of a log: a header, then frames of a length (varint), an entry, and the CRC-32C of both; then zeros. It tells a write that was torn from bytes that have changed.
 *
 * <p>A torn write has holes where the disk never got the bytes: the file ends, or there are zeros up to the end, or a whole sector is zero. A frame that is there in full and has the wrong checksum was
 * whole once. One write may hold many entries, and the disk may have got the later and not the earlier; so behind what is known to be synced, an entry with a hole was never whole, whatever follows
 * it. Up to there, and where that is not known, what is followed by a valid frame was not the last write.
 */
final class SegmentScan {
    private static final byte[] HEADER = {'R', 'a', 'f', 't', 'L', 'o', 'g', '1'};
    private static final int SECTOR = 512;

    /** The tags of the entry's first two fields; protobuf leaves out a field that is zero. */
    private static final byte TERM = 0x08;

    private static final byte INDEX = 0x10;
    private static final int MAX_FRAME = 8 << 20;
    private static final int MAX_GAP = 1 << 20;

    /** Where a frame begins and ends, and what its entry says of itself. */
    private record Frame(int end, long term, long index) {}

    private final byte[] bytes;
    private final long start;
    private final long synced;
    private long next;
    private long term;
    private int end;
    private @Nullable String flaw;
    private boolean torn;

    private SegmentScan(byte[] bytes, long start, long synced) {
        this.bytes = bytes;
        this.start = start;
        this.synced = synced;
        this.next = start;
    }

    /** Reads a segment whose first entry has the index {@code start}; entries up to {@code synced} were on the disk once, those behind it may not have been. */
    static SegmentScan of(byte[] bytes, long start, long synced) {
        SegmentScan scan = new SegmentScan(bytes, start, synced);
        scan.run();
        return scan;
    }

    /** What is wrong, or null if nothing is. */
    @Nullable String flaw() {
        return flaw;
    }

    /** Whether what is wrong is the torn last write. */
    boolean torn() {
        return torn;
    }

    /** Where the valid frames end. */
    int end() {
        return end;
    }

    /** The index after the last valid entry. */
    long next() {
        return next;
    }

    /** The term of the last valid entry, or 0. */
    long term() {
        return term;
    }

    private void run() {
        if (!header()) {
            return;
        }
        end = HEADER.length;
        while (end < bytes.length) {
            if (bytes[end] == 0) {
                if (!zeros(end, bytes.length)) {
                    torn = !wasSynced()
                            && zeros(end, Math.min(bytes.length, sectorAfter(end)))
                            && (next > synced || !validAfter(end));
                    flaw = "bytes follow the end of the log";
                }
                return;
            }
            Frame frame = frame(end);
            if (frame == null) {
                judge();
                return;
            }
            if (frame.index() != next || frame.term() < term) {
                flaw = "entry (term " + frame.term() + ", index " + frame.index() + ") follows term " + term
                        + " where index " + next + " must";
                return;
            }
            next++;
            term = frame.term();
            end = frame.end();
        }
    }

    private boolean header() {
        int match = 0;
        while (match < HEADER.length && match < bytes.length && bytes[match] == HEADER[match]) {
            match++;
        }
        if (match == HEADER.length) {
            return true;
        }
        flaw = "the header is not that of a log";
        torn = zeros(match, bytes.length);
        return false;
    }

    /** The next sector's beginning. */
    private static int sectorAfter(int at) {
        return (at / SECTOR + 1) * SECTOR;
    }

    private boolean zeros(int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** The bytes at {@link #end} are no frame: torn or changed? */
    private void judge() {
        flaw = "the entry of index " + next + " is broken";
        if (wasSynced()) {
            return;
        }
        if (next > synced && touchesHole()) {
            torn = true;
            return;
        }
        if (validAfter(end) || isWholeUnderAnotherLength()) {
            return;
        }
        int length = length(end);
        int sum = end + lengthOfLength(end) + length;
        if (length < 0 || sum > bytes.length - 4) {
            torn = length >= 0 || bytes.length - end < 5;
            return;
        }
        torn = zeros(sum + 4, bytes.length) && (partialSum(sum) || holes(end, sum + 4));
    }

    /** If only the length has changed, the bytes up to the zeros are a frame again once the right one stands before them. */
    private boolean isWholeUnderAnotherLength() {
        int last = bytes.length;
        while (last > end && bytes[last - 1] == 0) {
            last--;
        }
        for (int frameEnd = last; frameEnd < last + 4 && frameEnd <= bytes.length; frameEnd++) {
            for (int size = 1; size <= 4; size++) {
                int length = frameEnd - 4 - end - size;
                if (length > 0 && matches(length, size, frameEnd - 4)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean matches(int length, int size, int sum) {
        CRC32C crc = new CRC32C();
        for (int i = 0, rest = length; i < size; i++, rest >>>= 7) {
            crc.update(i < size - 1 ? (rest & 0x7F) | 0x80 : rest & 0x7F);
        }
        crc.update(bytes, end + size, length);
        return stored(sum) == (int) crc.getValue();
    }

    /** Whether the checksum was not written, or only its first bytes. */
    private boolean partialSum(int sum) {
        if (zeros(sum, sum + 4)) {
            return true;
        }
        int right = checksum(end, sum);
        for (int written = 1; written < 4; written++) {
            boolean prefix = zeros(sum + written, sum + 4);
            for (int i = 0; i < written; i++) {
                prefix &= bytes[sum + i] == (byte) (right >>> (24 - 8 * i));
            }
            if (prefix) {
                return true;
            }
        }
        return false;
    }

    /** Whether a whole sector between the two is zero. */
    private boolean holes(int from, int to) {
        for (int at = sectorAfter(from); at + SECTOR <= to; at += SECTOR) {
            if (zeros(at, at + SECTOR)) {
                return true;
            }
        }
        return false;
    }

    private boolean wasSynced() {
        return synced != SyncMark.UNKNOWN && next <= synced;
    }

    /** Whether a part of the entry lies in a sector that is zero as a whole and before what was written last. A length that was torn itself is short, so a few bytes count whatever it says. */
    private boolean touchesHole() {
        int written = bytes.length;
        while (written > end && bytes[written - 1] == 0) {
            written--;
        }
        int to = Math.min(written, end + Math.max(16, lengthOfLength(end) + Math.max(0, length(end)) + 4));
        for (int at = sectorAfter(end); at < to; at += SECTOR) {
            if (at + SECTOR < written && zeros(at, at + SECTOR)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a frame follows. Entries of a later term than 0 begin with it, so few places need a closer look. */
    private boolean validAfter(int from) {
        for (int at = from + 1; at < bytes.length - 8; at++) {
            boolean may = bytes[at] != 0
                    && (bytes[at + 1] == TERM
                            || bytes[at + 2] == TERM
                            || bytes[at + 3] == TERM
                            || bytes[at + 4] == TERM);
            Frame frame = may ? frame(at) : null;
            if (frame != null && frame.index() >= start && frame.index() <= next + MAX_GAP) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Frame frame(int at) {
        int length = length(at);
        int body = at + lengthOfLength(at);
        int sum = body + length;
        if (length < 2 || sum > bytes.length - 4 || stored(sum) != checksum(at, sum)) {
            return null;
        }
        long[] value = new long[1];
        long entryTerm = 0;
        int place = body;
        if (bytes[place] == TERM) {
            place = varint(place + 1, sum, value);
            entryTerm = value[0];
        }
        long index = 0;
        if (place >= 0 && place < sum && bytes[place] == INDEX) {
            place = varint(place + 1, sum, value);
            index = value[0];
        }
        return place < 0 ? null : new Frame(sum + 4, entryTerm, index);
    }

    private int stored(int at) {
        return ByteBuffer.wrap(bytes, at, 4).getInt();
    }

    private int checksum(int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    private int length(int at) {
        long[] value = new long[1];
        int place = varint(at, bytes.length, value);
        return place < 0 || value[0] > MAX_FRAME ? -1 : (int) value[0];
    }

    private int lengthOfLength(int at) {
        int place = varint(at, bytes.length, new long[1]);
        return place < 0 ? 1 : place - at;
    }

    /** Reads a number of protobuf's encoding; the place after it, or -1. */
    private int varint(int at, int limit, long[] value) {
        value[0] = 0;
        for (int i = 0; i < 10 && at + i < limit; i++) {
            value[0] |= (long) (bytes[at + i] & 0x7F) << (7 * i);
            if (bytes[at + i] >= 0) {
                return value[0] < 0 ? -1 : at + i + 1;
            }
        }
        return -1;
    }
}
