package io.holdfast.replication.store;

import io.holdfast.replication.store.Disk.DiskFile;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;

/** Reads the frames of a segment one after the other. Where there is none it goes on to the next one that is found; what cannot be read counts as spoilt. For one thread. */
final class SegmentScan {
    private static final int CHUNK = 256 << 10;
    private static final int PAGE = 4 << 10;

    private final DiskFile file;
    private final long storeId;
    private final long segment;
    private final int end;

    /** The header of the frame that was found. */
    final Frame frame = new Frame();

    private byte[] bytes = new byte[CHUNK];
    private int from;
    private int loaded;
    private int position;
    private int offset;
    private int gap;
    private boolean whole;

    SegmentScan(DiskFile file, long storeId, long segment, int end) {
        this.file = file;
        this.storeId = storeId;
        this.segment = segment;
        this.end = end;
    }

    /** Goes on to the next header that is what was written. False at the end. */
    boolean next() throws IOException {
        gap = -1;
        for (offset = position; offset + Frame.HEADER <= end; offset += 8) {
            load(offset, Frame.HEADER);
            if (frame.read(bytes, at(), salt())) {
                readBody();
                return true;
            }
            if (gap < 0) {
                gap = offset;
            }
        }
        if (gap < 0 && position < end) {
            gap = position;
        }
        offset = end;
        position = end;
        return false;
    }

    private int salt() {
        return Frame.salt(offset == 0 ? 0 : storeId, segment, offset);
    }

    private void readBody() throws IOException {
        int size = frame.size();
        if (size > end - offset) {
            whole = false;
            position = end;
            return;
        }
        load(offset, size);
        whole = frame.isWhole(bytes, at());
        position = offset + size;
    }

    /** Where spoilt bytes begin that nobody knows what they were, before the frame that was found or the end; -1 if there are none. They end at {@link #offset}. */
    int gap() {
        return gap;
    }

    /** Where the frame is in the segment. */
    int offset() {
        return offset;
    }

    /** Whether the frame's body is what was written. */
    boolean isWhole() {
        return whole;
    }

    long location() {
        return Location.of(segment, offset, frame.size());
    }

    byte[] bytes() {
        return bytes;
    }

    /** Where the frame is in {@link #bytes}. */
    int at() {
        return offset - from;
    }

    private void load(int start, int length) throws IOException {
        if (start >= from && start + length <= from + loaded) {
            return;
        }
        if (length > bytes.length) {
            bytes = new byte[length];
        }
        from = start;
        loaded = Math.min(bytes.length, end - start);
        try {
            int count = file.read(bytes, 0, loaded, start);
            Arrays.fill(bytes, count, loaded, (byte) 0);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException spoilt) {
            loadPages();
        }
    }

    private void loadPages() {
        Arrays.fill(bytes, 0, loaded, (byte) 0);
        for (int done = 0; done < loaded; done += PAGE) {
            try {
                file.read(bytes, done, Math.min(PAGE, loaded - done), from + done);
            } catch (IOException spoilt) {
                // zeros are no frame
            }
        }
    }
}
