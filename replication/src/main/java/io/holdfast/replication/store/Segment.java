package io.holdfast.replication.store;

import io.holdfast.replication.store.Disk.DiskFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One file of the store. Guarded by the journal's lock, but for what only the syncing thread does. */
final class Segment {
    /** The size of the first frame. */
    static final int OPENING = Frame.size(Segment.FORMAT_BYTES, 0);

    /** The version of the format of the files. */
    static final int FORMAT = 1;

    private static final int FORMAT_BYTES = 4;
    private static final String SUFFIX = ".rows";

    final long number;

    /** Where the next frame will be. */
    int end;

    /** What is before it is in the file; later frames are in memory. */
    int written;

    volatile @Nullable DiskFile file;

    Segment(long number, @Nullable DiskFile file, int end) {
        this.number = number;
        this.file = file;
        this.end = end;
        this.written = file == null ? 0 : end;
    }

    static String name(long number) {
        return String.format("%016x%s", number, SUFFIX);
    }

    /** The number of a segment's file; -1 if it is the name of another file. */
    static long number(String name) {
        return name.matches("[0-9a-f]{16}" + SUFFIX) ? Long.parseUnsignedLong(name.substring(0, 16), 16) : -1;
    }

    DiskFile file() {
        DiskFile open = file;
        if (open == null) {
            throw new IllegalStateException("segment " + number + " is not made yet");
        }
        return open;
    }

    /** Writes the first frame, which is durable with the name before any row is in the file. Its checksum is not mixed with the store, so that a file of another store is known as one. */
    static byte[] opening(long storeId, long number, long first) {
        byte[] bytes = new byte[OPENING];
        bytes[Frame.HEADER + FORMAT_BYTES - 1] = FORMAT;
        new Frame().of(Frame.SEGMENT, storeId, first, FORMAT_BYTES, 0).write(bytes, 0, Frame.salt(0, number, 0));
        return bytes;
    }

    void close() throws IOException {
        DiskFile open = file;
        if (open != null) {
            open.close();
        }
    }
}
