package io.holdfast.core.env;

import io.holdfast.core.Check;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/**
 * Durable cells in the files of one directory, which belongs to one node and is open in one process at a time.
 *
 * <p>A write goes to a temporary file, which is synced and renamed over the old one, and the directory is synced: after a crash at any point a cell has its old value or its
 * new one. Each file carries a CRC32C, so a value that the disk has spoilt is an error and never a wrong value. Safe for use by many threads; a write blocks for the time of
 * two syncs.
 */
public final class FileCells implements DurableCells, AutoCloseable {
    /** The form of the files: {@code HFC} and a version. */
    private static final int MAGIC = 0x48464301;

    private static final int HEADER = 12;
    private static final String SUFFIX = ".cell";
    private static final String TEMPORARY = ".new";

    /** No cell can have these names: they are no labels. */
    private static final String OWNER = "_owner";

    private static final String LOCK = "_lock";

    /**
     * What this process has open. Asked before the lock file is touched: when a process closes any descriptor of a file, POSIX releases all its locks on it, so a second
     * attempt would unlock the first.
     */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel lockFile;
    private boolean closed;

    private FileCells(Path directory, FileChannel lockFile) {
        this.directory = directory;
        this.lockFile = lockFile;
    }

    /**
     * Opens a directory, and makes it if it is not there.
     *
     * @param directory the directory
     * @param owner the node that it belongs to: the one that opened it first
     * @return the cells
     * @throws IllegalStateException if another process (or this one) has it open, or it belongs to another node; the message says which and what to do
     * @throws UncheckedIOException if it cannot be read or written
     */
    public static FileCells open(Path directory, String owner) {
        Check.label("owner of a data directory", owner);
        try {
            Files.createDirectories(directory);
            Path real = directory.toRealPath();
            if (!OPEN.add(real)) {
                throw inUse(real, Long.toString(ProcessHandle.current().pid()));
            }
            boolean opened = false;
            try {
                FileCells cells = openExclusively(real, owner);
                opened = true;
                return cells;
            } finally {
                if (!opened) {
                    OPEN.remove(real);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "data directory " + directory + " cannot be opened (" + e
                            + "); make space, or choose one that this process may create and write",
                    e);
        }
    }

    private static FileCells openExclusively(Path directory, String owner) throws IOException {
        FileCells cells = new FileCells(directory, lock(directory));
        try {
            cells.removeTemporaryFiles();
            cells.claim(owner);
            return cells;
        } catch (RuntimeException | IOException e) {
            cells.lockFile.close();
            throw e;
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel file = FileChannel.open(
                directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() == null) {
                throw inUse(directory, new String(read(file, 32), StandardCharsets.US_ASCII));
            }
            tellProcess(file);
            return file;
        } catch (RuntimeException | IOException e) {
            file.close();
            throw e;
        }
    }

    /** For the message of a second process only: a node must start on a full disk too. */
    private static void tellProcess(FileChannel file) {
        try {
            file.truncate(0);
            file.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException full) {
            // then that message lacks the process
        }
    }

    private static IllegalStateException inUse(Path directory, String process) {
        return new IllegalStateException("data directory " + directory + " is open in process " + process
                + "; stop that node or give this one a directory of its own");
    }

    /** What a crash left of a write that never became visible. */
    private void removeTemporaryFiles() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "*" + TEMPORARY)) {
            for (Path file : left) {
                Files.delete(file);
            }
        }
    }

    private void claim(String owner) {
        Optional<String> known = readFile(OWNER).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        if (known.isEmpty()) {
            writeFile(OWNER, owner.getBytes(StandardCharsets.UTF_8));
        } else if (!known.get().equals(owner)) {
            throw new IllegalStateException("data directory " + directory + " belongs to node " + known.get()
                    + ", not to " + owner + "; give each node a directory of its own, or start it under its old name");
        }
    }

    @Override
    public Optional<byte[]> read(String name) {
        return readFile(Check.label("cell name", name));
    }

    @Override
    public void write(String name, byte[] value) {
        CellRules.check(name, value);
        writeFile(name, value);
    }

    /**
     * Reads a cell of a directory that nobody has open, for an examination before a start. Takes no lock.
     *
     * @param directory the directory
     * @param name the cell's name
     * @return the value; empty if it was never written, or the directory is not there
     * @throws UncheckedIOException if it cannot be read or its checksum is wrong
     */
    public static Optional<byte[]> peek(Path directory, String name) {
        return readFile(directory, Check.label("cell name", name));
    }

    /**
     * Looks at all cells of a directory that nobody has open, for an examination before a start. Takes no lock.
     *
     * @param directory the directory
     * @return a file whose form or checksum is wrong, or empty if all are whole or the directory is not there
     * @throws IOException if one cannot be read
     */
    public static Optional<Path> damaged(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> cells = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : cells) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    if (!isWhole(read(channel, HEADER + MAX_BYTES + 1))) {
                        return Optional.of(file);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isWhole(byte[] content) {
        ByteBuffer header = ByteBuffer.wrap(content);
        return content.length >= HEADER
                && header.getInt() == MAGIC
                && header.getInt() == content.length - HEADER
                && header.getInt() == checksum(content, HEADER);
    }

    private synchronized Optional<byte[]> readFile(String name) {
        checkOpen();
        return readFile(directory, name);
    }

    private static Optional<byte[]> readFile(Path directory, String name) {
        Path file = directory.resolve(name + SUFFIX);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            byte[] content = read(channel, HEADER + MAX_BYTES + 1);
            if (!isWhole(content)) {
                throw new IOException("its form or checksum is wrong");
            }
            return Optional.of(Arrays.copyOfRange(content, HEADER, content.length));
        } catch (NoSuchFileException never) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cell file " + file + " cannot be read: " + e.getMessage()
                            + "; restore it, or remove the directory so that the node starts as a new one",
                    e);
        }
    }

    private static byte[] read(FileChannel channel, int limit) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(limit, channel.size()));
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
            // until the buffer is full or the file ends
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private synchronized void writeFile(String name, byte[] value) {
        checkOpen();
        Path temporary = directory.resolve(name + TEMPORARY);
        Path file = directory.resolve(name + SUFFIX);
        ByteBuffer content = ByteBuffer.allocate(HEADER + value.length);
        content.putInt(MAGIC)
                .putInt(value.length)
                .putInt(checksum(value, 0))
                .put(value)
                .flip();
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                while (content.hasRemaining()) {
                    channel.write(content);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncDirectory();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cell file " + file + " cannot be written: " + e + "; check the space and permissions there", e);
        }
    }

    /** Makes the rename durable (fsync(2)). Windows has no such call and keeps the order by itself. */
    private void syncDirectory() throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static int checksum(byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("data directory " + directory + " is closed");
        }
    }

    /** Lets the directory go, so that another process may open it. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            lockFile.close();
            OPEN.remove(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("the lock of data directory " + directory + " cannot be released", e);
        }
    }
}
