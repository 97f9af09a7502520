package io.holdfast.consensus.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A large file that is written at a {@link Pace}: a snapshot, a backup. For one thread. */
public final class PacedFile extends OutputStream {
    private final FileChannel channel;
    private final Pace pace;
    private long written;
    private long begin;

    /**
     * Begins a file, in the place of one that is there.
     *
     * @param path the file
     * @param pace how fast it may be written
     * @throws IOException if it cannot be opened
     */
    public PacedFile(Path path, Pace pace) throws IOException {
        this.channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        this.pace = pace;
        this.begin = pace.begin();
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
        if (written >= pace.part()) {
            channel.force(false);
            pace.rest(begin);
            written = 0;
            begin = pace.begin();
        }
    }

    /**
     * Makes all that was written durable.
     *
     * @throws IOException if that fails; nothing is known of what was written then
     */
    public void sync() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
