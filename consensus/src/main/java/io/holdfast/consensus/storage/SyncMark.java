package io.holdfast.consensus.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Up to which entry a log was synced, in a small file beside it. Before a sync, it is told up to where the one before went; it may lag, and never leads. It tells the doctor a write that the power
 * failure undid, which was never acknowledged, from one that the disk has lost since. Used by one thread.
 */
public final class SyncMark implements AutoCloseable {
    /** No entry is known not to be synced. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private static final String FILE = "synced";
    private static final int SIZE = 12;

    private final FileChannel channel;

    private SyncMark(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Opens the mark of a log. Of a log that has not begun, nothing is synced; of one that was written without a mark, it says nothing until the first sync.
     *
     * @param current the directory that holds the segments
     * @return the mark, as it was
     * @throws IOException if it cannot be opened
     */
    public static SyncMark open(Path current) throws IOException {
        boolean begins = read(current) == UNKNOWN && isEmpty(current);
        SyncMark mark =
                new SyncMark(FileChannel.open(file(current), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        if (begins) {
            mark.write(-1);
            mark.sync();
            Durably.syncDirectory(current.resolve(".."));
        }
        return mark;
    }

    private static boolean isEmpty(Path current) throws IOException {
        try (DirectoryStream<Path> segments = Files.newDirectoryStream(current, "log_*")) {
            return !segments.iterator().hasNext();
        }
    }

    private static Path file(Path current) {
        return current.resolveSibling(FILE);
    }

    /**
     * Says what is synced. Not synced itself: after a power failure it may be an older one.
     *
     * @param index the last entry that surely is
     * @throws IOException if it cannot be written
     */
    public void write(long index) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).putLong(index);
        bytes.putInt(checksum(bytes.array())).flip();
        channel.write(bytes, 0);
    }

    /**
     * Makes the mark itself durable.
     *
     * @throws IOException if that fails
     */
    public void sync() throws IOException {
        channel.force(false);
    }

    /** The mark of a log, or {@link #UNKNOWN} if there is none that can be read. */
    static long read(Path current) throws IOException {
        if (!Files.exists(file(current))) {
            return UNKNOWN;
        }
        byte[] bytes = Files.readAllBytes(file(current));
        ByteBuffer content = ByteBuffer.wrap(bytes);
        return bytes.length == SIZE && content.getInt(8) == checksum(bytes) ? content.getLong(0) : UNKNOWN;
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 8);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
