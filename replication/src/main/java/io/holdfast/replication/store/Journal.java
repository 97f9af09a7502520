package io.holdfast.replication.store;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments in their order, of which the last is appended to, and the parts that wait to be written. The order is the truth: the last frame of a key says what its row is. All methods under
 * the store's lock.
 */
final class Journal {
    private final long storeId;
    private final int segmentSize;
    private final List<Segment> segments;
    private final Deque<Part> waiting = new ArrayDeque<>();
    private final Frame frame = new Frame();
    private @Nullable Part open;
    private long first;
    private long position;
    private long waitingBytes;
    private long bytes;

    /** Goes on where another one ended: the segments follow each other without a gap. */
    Journal(long storeId, int segmentSize, List<Segment> segments, long first) {
        this.storeId = storeId;
        this.segmentSize = segmentSize;
        this.segments = new ArrayList<>(segments);
        this.first = first;
        segments.forEach(segment -> bytes += segment.end);
    }

    /** Appends a row; returns its location. */
    long put(long keyHash, long stateHash, byte[] key, byte[] state) {
        return append(Frame.PUT, keyHash, stateHash, key, state);
    }

    void remove(long keyHash, byte[] key) {
        append(Frame.REMOVE, keyHash, 0, key, NOTHING);
    }

    void lost(long keyHash) {
        append(Frame.LOST, keyHash, 0, NOTHING, NOTHING);
    }

    /** Says that segments below a number are not needed. */
    void first(long number) {
        first = number;
        append(Frame.FIRST, number, 0, NOTHING, NOTHING);
    }

    /** Appends what a whole frame that was read has; returns the new location. */
    long copy(Frame of, byte[] from, int at) {
        int size = of.size();
        Part part = part(size);
        int to = part.extend(size);
        System.arraycopy(from, at + Frame.HEADER, part.bytes, to + Frame.HEADER, of.keyLength + of.stateLength);
        return finish(part, to, frame.of(of.kind, of.keyHash, of.stateHash, of.keyLength, of.stateLength));
    }

    private static final byte[] NOTHING = {};

    private long append(byte kind, long keyHash, long stateHash, byte[] key, byte[] state) {
        Part part = part(Frame.size(key.length, state.length));
        frame.of(kind, keyHash, stateHash, key.length, state.length);
        int at = part.extend(frame.size());
        System.arraycopy(key, 0, part.bytes, at + Frame.HEADER, key.length);
        System.arraycopy(state, 0, part.bytes, at + Frame.HEADER + key.length, state.length);
        return finish(part, at, frame);
    }

    private long finish(Part part, int at, Frame written) {
        int offset = part.start + at;
        written.write(part.bytes, at, Frame.salt(storeId, part.segment.number, offset));
        int size = written.size();
        part.segment.end += size;
        part.lastPosition = ++position;
        bytes += size;
        waitingBytes += size;
        return Location.of(part.segment.number, offset, size);
    }

    /** The part that a frame of a size goes to: a new one if the last is being written, in a new segment if that one is full. */
    private Part part(int size) {
        Segment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        boolean fits = last != null && (last.end + Frame.HEADER + size <= segmentSize || last.end <= Segment.OPENING);
        Part part = open;
        if (part == null || !fits) {
            part = last != null && fits ? new Part(last, 0) : inNewSegment(last == null ? first : last.number + 1);
            waiting.add(part);
            open = part;
            finish(part, part.extend(Frame.HEADER), frame.of(Frame.BEGIN, 0, 0, 0, 0));
        }
        return part;
    }

    private Part inNewSegment(long number) {
        Segment segment = new Segment(number, null, Segment.OPENING);
        segments.add(segment);
        bytes += Segment.OPENING;
        return new Part(segment, first);
    }

    /** Appends nothing but the sign that all before is synced. */
    void seal() {
        if (!segments.isEmpty()) {
            open = null;
            part(0);
        }
    }

    /** The part that must be written next, to which nothing will be added; or null. */
    @Nullable Part take() {
        Part part = waiting.peekFirst();
        if (part == open) {
            open = null;
        }
        return part;
    }

    /** The part that was taken is synced. */
    void synced(Part part) {
        waiting.removeFirst();
        part.segment.written = part.start + part.length;
        waitingBytes -= part.length;
    }

    /** Reads the beginning of a frame, from memory or from the file; returns how much of it there was. */
    int read(long location, byte[] into, int length) throws IOException {
        Segment segment = segments.get(Location.after(location, segments.get(0).number));
        int offset = Location.offset(location);
        if (offset < segment.written) {
            return segment.file().read(into, 0, length, offset);
        }
        for (Part part : waiting) {
            if (part.has(segment, offset)) {
                System.arraycopy(part.bytes, offset - part.start, into, 0, length);
                return length;
            }
        }
        throw new IllegalStateException("frame at " + offset + " of segment " + segment.number + " is nowhere");
    }

    /** What the checksum of the frame at a location is mixed with. */
    int salt(long location) {
        long base = segments.get(0).number;
        return Frame.salt(storeId, base + Location.after(location, base), Location.offset(location));
    }

    /** The first segment, if it is not the one that is appended to and all of it is in the file. */
    @Nullable Segment oldest() {
        return segments.size() > 1 && segments.get(0).written == segments.get(0).end ? segments.get(0) : null;
    }

    void dropOldest() {
        bytes -= segments.remove(0).end;
    }

    List<Segment> segments() {
        return List.copyOf(segments);
    }

    long position() {
        return position;
    }

    long waitingBytes() {
        return waitingBytes;
    }

    long bytes() {
        return bytes;
    }
}
