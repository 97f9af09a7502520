package io.holdfast.benchmarks.store;

import io.holdfast.benchmarks.run.ChildJvm;
import io.holdfast.benchmarks.run.Directories;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.benchmarks.run.TextTable;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Rows of 16-byte keys and 100-byte values on disk: load, synced puts of many writers, gets, restart. Each store in a JVM of its own, one after the other, with a heap of 1 GiB. */
public final class StoreBenchmark {
    private static final List<String> PEERS = List.of("holdfast", "rocksdb", "mvstore");
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private StoreBenchmark() {}

    /**
     * See {@code benchmarks/run-store --help}.
     *
     * @param arguments the options
     * @throws IOException if a directory cannot be made
     */
    public static void main(String[] arguments) throws IOException {
        Options options = Options.parse(
                "run-store",
                arguments,
                new Option("peers", String.join(",", PEERS), "which stores"),
                new Option("keys", "1000000", "rows"),
                new Option("writers", "64", "puts that wait for their sync at once"),
                new Option("seconds", "8", "length of each measurement; half as long before, unmeasured"));
        TextTable table = new TextTable(
                "store",
                "load rows/s",
                "synced puts/s",
                "p50 ms",
                "p99 ms",
                "gets/s",
                "heap MiB",
                "loaded MiB",
                "then MiB",
                "open ms");
        Path directory = Files.createDirectories(Path.of("target", "store"));
        try (Environment environment = Environment.system()) {
            for (String peer : options.words("peers", PEERS)) {
                table.row(row(environment, options, peer, directory.resolve(peer)));
            }
        } finally {
            Directories.delete(directory);
        }
        System.out.println(table);
    }

    private static String[] row(Environment environment, Options options, String peer, Path directory) {
        Directories.delete(directory);
        String figures;
        try (ChildJvm child = child(environment, options, "load", peer, directory)) {
            figures = child.await("figures", LIMIT).text();
            child.await("closed", LIMIT);
        }
        try (ChildJvm child = child(environment, options, "open", peer, directory)) {
            String opened = child.await("opened", LIMIT).text();
            child.await("closed", LIMIT);
            return (peer + " " + figures + " " + opened).split(" ", -1);
        }
    }

    private static ChildJvm child(Environment environment, Options options, String what, String peer, Path directory) {
        return ChildJvm.start(
                environment,
                "store-" + what + "-" + peer,
                StoreMain.class,
                List.of("-Xms1g", "-Xmx1g"),
                List.of(
                        what,
                        peer,
                        directory.toString(),
                        options.text("keys"),
                        options.text("seconds"),
                        options.text("writers")));
    }
}
