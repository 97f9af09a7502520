package io.holdfast.replication.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The files of a directory. */
final class FileDisk implements Disk {
    /** The JDK keeps a direct buffer for each thread that is as long as the longest write. */
    private static final int SLICE = 256 << 10;

    private final Path directory;

    FileDisk(Path directory) {
        this.directory = directory;
    }

    @Override
    public List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new OpenFile(directory.resolve(name));
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void syncNames() throws IOException {
        if (directory
                .getFileSystem()
                .supportedFileAttributeViews()
                .contains("posix")) { // Windows keeps the order by itself
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public long usableSpace() {
        return directory.toFile().getUsableSpace();
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    /** Reads through a channel of its own: an interrupt of a reading thread closes the channel that it reads, and must not meet a sync. */
    private static final class OpenFile implements DiskFile {
        private final Path path;
        private final FileChannel writing;
        private FileChannel reading;

        OpenFile(Path path) throws IOException {
            this.path = path;
            this.writing = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            this.reading = FileChannel.open(path, StandardOpenOption.READ);
        }

        @Override
        public long size() throws IOException {
            return writing.size();
        }

        @Override
        public synchronized int read(byte[] into, int offset, int length, long position) throws IOException {
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        return readOnce(ByteBuffer.wrap(into, offset, length), position);
                    } catch (ClosedByInterruptException e) {
                        interrupted |= Thread.interrupted();
                        reading = FileChannel.open(path, StandardOpenOption.READ);
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private int readOnce(ByteBuffer into, long position) throws IOException {
            int done = 0;
            while (into.hasRemaining()) {
                int count = reading.read(into, position + done);
                if (count < 0) {
                    break;
                }
                done += count;
            }
            return done;
        }

        @Override
        public void write(byte[] from, int offset, int length, long position) throws IOException {
            for (int done = 0; done < length; ) {
                done += writing.write(
                        ByteBuffer.wrap(from, offset + done, Math.min(SLICE, length - done)), position + done);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            writing.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            writing.force(false);
        }

        @Override
        public synchronized void close() throws IOException {
            try (FileChannel both = reading) {
                writing.close();
            }
        }
    }
}
