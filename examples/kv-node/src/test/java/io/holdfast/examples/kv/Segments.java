package io.holdfast.examples.kv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** The log files of a node that does not run, to be damaged: a header of 8 bytes, then frames of a length (varint), an entry and a checksum of 4 bytes, then zeros. */
final class Segments {
    private static final int HEADER = 8;
    private static final int LEAST = 64;

    private Segments() {}

    private static List<Path> all(Path data) {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .filter(file -> !file.toString().contains(".set-aside-"))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets the first part of a further frame stand behind the last one of the open segment; false if there is none with a frame. */
    static boolean tear(Path data, RandomGenerator random) {
        for (Path file : all(data)) {
            byte[] bytes = read(file);
            if (file.getFileName().toString().contains("inprogress") && end(bytes) > HEADER) {
                int end = end(bytes);
                int first = HEADER;
                int length = frame(bytes, first);
                int part = Math.min(random.nextInt(2, Math.max(3, length - 4)), bytes.length - end);
                if (part < 2) {
                    return false;
                }
                System.arraycopy(bytes, first, bytes, end, part);
                write(file, bytes);
                return true;
            }
        }
        return false;
    }

    /** Changes a bit within the frames of the oldest segment that holds much, a closed one if there is one; false if there is none. */
    static boolean rot(Path data, RandomGenerator random) {
        List<Path> files = all(data).stream()
                .sorted(Comparator.comparing(
                        file -> file.getFileName().toString().contains("inprogress")))
                .toList();
        for (Path file : files) {
            byte[] bytes = read(file);
            int end = end(bytes);
            if (end > HEADER + LEAST) {
                bytes[random.nextInt(HEADER, HEADER + (end - HEADER) / 2)] ^= (byte) (1 << random.nextInt(8));
                write(file, bytes);
                return true;
            }
        }
        return false;
    }

    /** Where the frames end. */
    private static int end(byte[] bytes) {
        int at = HEADER;
        while (at < bytes.length && bytes[at] != 0) {
            at += frame(bytes, at);
        }
        return Math.min(at, bytes.length);
    }

    /** How long the frame at a place is. */
    private static int frame(byte[] bytes, int at) {
        int length = 0;
        int place = at;
        int shift = 0;
        while (place < bytes.length && bytes[place] < 0) {
            length |= (bytes[place++] & 0x7F) << shift;
            shift += 7;
        }
        length |= place < bytes.length ? bytes[place++] << shift : 0;
        return place - at + length + 4;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
