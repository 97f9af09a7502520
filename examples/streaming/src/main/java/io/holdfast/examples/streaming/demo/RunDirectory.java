package io.holdfast.examples.streaming.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a run keeps its nodes' files. The run holds a lock on it, which the system takes away however the run ends: the next run deletes what nobody holds, so that a run that was killed
 * leaves nothing for long, and two runs at once leave each other alone. For use by many threads.
 */
final class RunDirectory {
    private static final String PREFIX = "holdfast-demo-";
    private static final String LOCK = "lock";

    /** Those of this JVM, as long as they exist: to open and close a lock file that the JVM holds would give its lock away (fcntl(2)). */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path path;

    @SuppressWarnings("unused") // open as long as the process lives: it holds the lock
    private final FileChannel held;

    private RunDirectory(Path path, FileChannel held) {
        this.path = path;
        this.held = held;
    }

    /** Makes a directory for this run below another and deletes those of runs that have ended. */
    static RunDirectory create(Path parent) {
        try {
            Path base = Files.createDirectories(parent).toRealPath(); // one name for each run
            try (FileChannel one = open(base.resolve(PREFIX + LOCK));
                    FileLock alone = one.lock()) { // nobody else may see a directory that is not locked yet
                sweep(base);
                Path path = Files.createTempDirectory(base, PREFIX);
                FileChannel held = open(path.resolve(LOCK));
                held.lock();
                OURS.add(path);
                return new RunDirectory(path, held);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no directory can be made in " + parent + "; make it writable", e);
        }
    }

    private static FileChannel open(Path lock) throws IOException {
        return FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void sweep(Path base) throws IOException {
        List<Path> runs;
        try (Stream<Path> files = Files.list(base)) {
            runs = files.filter(file -> file.getFileName().toString().startsWith(PREFIX))
                    .filter(file -> Files.isRegularFile(file.resolve(LOCK)))
                    .toList();
        }
        for (Path run : runs) {
            if (hasEnded(run)) {
                delete(run);
            }
        }
    }

    private static boolean hasEnded(Path run) throws IOException {
        if (OURS.contains(run)) {
            return false;
        }
        try (FileChannel channel = open(run.resolve(LOCK));
                @Nullable FileLock lock = channel.tryLock()) {
            return lock != null;
        }
    }

    Path path() {
        return path;
    }

    /** Deletes it; says so where that cannot be done. */
    void delete() {
        delete(path);
        OURS.remove(path);
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("demo: " + directory + " cannot be deleted: " + e.getMessage());
        }
    }
}
