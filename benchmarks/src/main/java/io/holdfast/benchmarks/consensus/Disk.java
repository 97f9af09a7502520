package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.Latencies;
import io.holdfast.core.env.MonotonicClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** What one durable write costs on the disk below, without which the figures cannot be read: on a memory file system they would mean nothing. */
final class Disk {
    private static final int WRITES = 200;
    private static final int BYTES = 4_096;

    private Disk() {}

    static String describe(MonotonicClock clock, Path directory) throws IOException {
        Path file = Files.createDirectories(directory).resolve("probe");
        Latencies latencies = new Latencies();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < WRITES; i++) {
                long begin = clock.nanoTime();
                channel.write(ByteBuffer.allocate(BYTES));
                channel.force(false);
                latencies.record(clock.nanoTime() - begin);
            }
        }
        Files.delete(file);
        return String.format(
                Locale.ROOT,
                "disk: %s at %s, 4 KiB appended and fdatasync: p50 %.2f ms, p99 %.2f ms",
                Files.getFileStore(directory).type(),
                directory,
                latencies.micros(0.5) / 1e3,
                latencies.micros(0.99) / 1e3);
    }
}
