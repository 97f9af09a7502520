package io.holdfast.consensus.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What makes files and their names survive a power failure. */
public final class DurableFiles {
    private DurableFiles() {}

    /**
     * Makes the names in a directory durable (fsync(2)). Windows has no such call and keeps the order by itself.
     *
     * @param directory the directory
     * @throws IOException if it cannot be synced
     */
    public static void syncDirectory(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            sync(directory, StandardOpenOption.READ);
        }
    }

    /**
     * Makes the bytes of a file durable.
     *
     * @param path the file
     * @param option how to open it
     * @throws IOException if it cannot be synced
     */
    public static void sync(Path path, StandardOpenOption option) throws IOException {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        }
    }
}
