package io.holdfast.consensus.ratis;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * A large file that is written beside the log, on the same disk and the same processors: after each part it is synced, and then rests for a multiple of the time that the part took. Left to the
 * end, the sync of the whole file would hold up the log's own for hundreds of milliseconds. For one thread.
 */
final class PacedFile extends OutputStream {
    private static final int PART = 256 * 1024;
    private static final int REST = 4;
    private static final long LONGEST_REST_NANOS = 100_000_000;

    private final FileChannel channel;
    private final LongSupplier nanoTime;
    private int written;
    private long begin;

    PacedFile(Path path, LongSupplier nanoTime) throws IOException {
        this.channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
        while (left.hasRemaining()) {
            written += channel.write(left);
        }
        if (written >= PART) {
            channel.force(false);
            rest(nanoTime.getAsLong() - begin);
            written = 0;
            begin = nanoTime.getAsLong();
        }
    }

    /** Whoever interrupts the thread wants it to end soon: then it no longer rests. */
    private static void rest(long worked) {
        LockSupport.parkNanos(Math.min(REST * worked, LONGEST_REST_NANOS));
    }

    /** Makes all that was written durable. */
    void sync() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
