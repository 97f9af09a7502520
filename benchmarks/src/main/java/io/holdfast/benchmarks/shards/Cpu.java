package io.holdfast.benchmarks.shards;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * How busy the machine has been since it started (proc(5)).
 *
 * @param idle ticks without work
 * @param all ticks
 */
record Cpu(long idle, long all) {
    private static final int FIELDS = 8;
    private static final int IDLE = 3;

    static Cpu now() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            String[] fields = lines.findFirst().orElseThrow().split(" +", -1);
            long[] ticks = Stream.of(fields)
                    .skip(1)
                    .limit(FIELDS)
                    .mapToLong(Long::parseLong)
                    .toArray();
            return new Cpu(ticks[IDLE], LongStream.of(ticks).sum());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double idlePercentSince(Cpu before) {
        return 100.0 * (idle - before.idle) / Math.max(1, all - before.all);
    }
}
