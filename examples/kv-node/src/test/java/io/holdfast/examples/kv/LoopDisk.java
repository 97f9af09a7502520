package io.holdfast.examples.kv;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk of a node's own: a file with an ext4 file system. It can be full, and it can lose power: then it holds what was synced, and what the kernel happened to have written. Needs root on Linux. For
 * use by one thread.
 */
final class LoopDisk implements AutoCloseable {
    private static final long SIZE = 160L * 1024 * 1024;

    /** Stops a file system without writing anything more: EXT4_IOC_SHUTDOWN with NOLOGFLUSH. */
    private static final String SHUT_DOWN =
            "open(my $d, '<', $ARGV[0]) or die $!; my $f = pack('L', 2); ioctl($d, 0x8004587D, $f) or die $!";

    private final Path image;
    private final Path directory;

    private LoopDisk(Path image, Path directory) {
        this.image = image;
        this.directory = directory;
    }

    /** Whether this machine lets a test have one. */
    static boolean isPossible() {
        try {
            Path folder = Files.createTempDirectory("holdfast-loop");
            try (LoopDisk trial = mount(folder.resolve("image"), folder.resolve("disk"))) {
                Files.writeString(trial.directory.resolve("file"), "not synced");
                trial.losePower();
                return true;
            } catch (IllegalStateException | UncheckedIOException no) {
                return false;
            } finally {
                Files.deleteIfExists(folder.resolve("image"));
                Files.deleteIfExists(folder.resolve("disk"));
                Files.delete(folder);
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes an empty disk and mounts it. */
    static LoopDisk mount(Path image, Path directory) {
        try {
            Files.createDirectories(directory);
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(SIZE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LoopDisk disk = new LoopDisk(image, directory);
        Shell.run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        disk.mount();
        return disk;
    }

    /** By itself the file system writes once a minute only, so that much is lost that was not synced. */
    private void mount() {
        Shell.run("mount", "-o", "loop,commit=60", image.toString(), directory.toString());
    }

    /** What was not synced is gone. No process may use it. */
    void losePower() {
        Shell.run("perl", "-e", SHUT_DOWN, directory.toString());
        Shell.run("umount", directory.toString());
        mount();
    }

    /** Leaves no byte. */
    void fill() {
        Shell.succeeds("fallocate", "-l", Long.toString(SIZE), filler().toString());
        Shell.succeeds("dd", "if=/dev/zero", "of=" + filler().resolveSibling("filler2"), "bs=64k");
    }

    /** For good: a power failure must not bring the filler back. */
    void free() {
        try {
            Files.deleteIfExists(filler());
            Files.deleteIfExists(filler().resolveSibling("filler2"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Shell.run("sync", "-f", directory.toString());
    }

    private Path filler() {
        return directory.resolve("filler");
    }

    @Override
    public void close() {
        Shell.succeeds("umount", "-l", directory.toString());
    }
}
