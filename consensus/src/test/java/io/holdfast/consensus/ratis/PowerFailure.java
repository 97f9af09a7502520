package io.holdfast.consensus.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** What a disk holds after the power failed: files as they are, but of the open segment only what was synced for sure, and of the rest what the disk happened to get. */
final class PowerFailure {
    private static final int HEADER = 8;
    private static final int PAGE = 512;

    private PowerFailure() {}

    /** Copies a directory that is in use; false if a file went away meanwhile. */
    static boolean copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
            return true;
        } catch (NoSuchFileException | java.io.UncheckedIOException e) {
            return false;
        }
    }

    /** Undoes what was written to the open segment of a log behind an entry; returns what became of it. */
    static String cut(Path current, long synced, RandomGenerator random) throws IOException {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(current, "log_inprogress_*")) {
            for (Path file : open) {
                String name = file.getFileName().toString();
                return cut(file, Long.parseLong(name.substring(name.lastIndexOf('_') + 1)), synced, random);
            }
        }
        return "no open segment";
    }

    private static String cut(Path file, long first, long synced, RandomGenerator random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int from = endOf(bytes, first, synced);
        int written = bytes.length;
        while (written > from && bytes[written - 1] == 0) {
            written--;
        }
        int kind = random.nextInt(4);
        switch (kind) {
            case 0 -> bytes = Arrays.copyOf(bytes, from); // the file's length was not synced
            case 1 -> Arrays.fill(bytes, from, bytes.length, (byte) 0); // nothing came
            case 2 ->
                Arrays.fill(bytes, from + random.nextInt(Math.max(1, written - from)), bytes.length, (byte)
                        0); // the first part came
            default -> losePages(bytes, from, written, random); // some pages came, others did not
        }
        Files.write(file, bytes);
        return "way " + kind + ", " + (written - from) + " bytes were not synced";
    }

    private static void losePages(byte[] bytes, int from, int written, RandomGenerator random) {
        for (int page = from / PAGE; page * PAGE < written; page++) {
            if (random.nextBoolean()) {
                Arrays.fill(bytes, Math.max(from, page * PAGE), Math.min(bytes.length, (page + 1) * PAGE), (byte) 0);
            }
        }
    }

    /** Where the frame of an entry ends: a length (varint), an entry of that length, four bytes of checksum. */
    private static int endOf(byte[] bytes, long first, long index) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        in.position(Math.min(HEADER, bytes.length));
        for (long at = first; at <= index; at++) {
            int length = 0;
            for (int shift = 0; ; shift += 7) {
                byte part = in.get();
                length |= (part & 0x7F) << shift;
                if (part >= 0) {
                    break;
                }
            }
            in.position(in.position() + length + 4);
        }
        return in.position();
    }
}
