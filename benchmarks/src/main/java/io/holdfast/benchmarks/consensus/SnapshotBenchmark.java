package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.Directories;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The driver: a map of many entries on three nodes, writes at a fixed rate, and the latency of those that met a snapshot beside those that met none; the same with online backups; then all nodes are
 * killed and started again.
 */
final class SnapshotBenchmark {
    private static final String PEER = "holdfast";
    private static final String BEING_WRITTEN = "state.new";
    private static final Duration LONG = Duration.ofMinutes(6);
    private static final Duration ANSWER = Duration.ofSeconds(100);
    private static final Duration BETWEEN_BACKUPS = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final double RATIO_BAR = 5;
    private static final double RESTART_BAR_SECONDS = 15;

    private final Environment environment;
    private final Options options;
    private int snapshots;
    private long snapshotNanos;

    private SnapshotBenchmark(Environment environment, Options options) {
        this.environment = environment;
        this.options = options;
    }

    /** See {@code benchmarks/run-snapshot --help}. */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(
                "run-snapshot",
                arguments,
                new Option("entries", "1000000", "entries of the map: 16-byte keys, 100-byte values"),
                new Option("rate", "1000", "writes a second, whether or not earlier ones were answered"),
                new Option("interval", "20", "seconds from one snapshot of a node to its next"),
                new Option("seconds", "120", "seconds of writes"),
                new Option("warm-seconds", "40", "seconds of full load before them"),
                new Option("backups", "3", "online backups after them, one after the other, by the leader"),
                new Option("data", "target/snapshot-data", "directory of the nodes' logs; use a real disk"));
        try (Environment environment = Environment.system()) {
            new SnapshotBenchmark(environment, options).run();
        }
    }

    private void run() throws IOException {
        System.out.println(Disk.describe(environment.clock(), Path.of(options.text("data"))));
        System.out.println(PEER + ": " + Peers.named(PEER).settings() + "; servers "
                + String.join(" ", Cluster.SERVER_FLAGS) + "; a snapshot every " + options.number("interval") + " s");
        Path backups = Files.createDirectories(
                Path.of(options.text("data")).resolve("backups").toAbsolutePath());
        try (Cluster cluster = Cluster.start(
                environment,
                PEER,
                Path.of(options.text("data")),
                "-Dholdfast.consensus.raft.snapshot-interval=" + options.number("interval") + "s",
                "-Dholdfast.consensus.raft.snapshot-entries=100000000",
                "-Dholdfast.consensus.raft.snapshot-bytes=1TiB",
                "-Dholdfast.consensus.backup-directory=" + backups)) {
            fill(cluster);
            watch(cluster);
            backUp(cluster);
            restart(cluster);
        } finally {
            Directories.delete(backups);
        }
    }

    private void fill(Cluster cluster) {
        cluster.client().tell("connect " + cluster.awaitLeader() + " true");
        cluster.client().await("connected", ANSWER);
        long begin = environment.clock().nanoTime();
        cluster.client().tell("preload " + options.number("entries"));
        cluster.client().await("loaded", LONG);
        System.out.println(
                Results.format("filled: %,d entries in %.1f s", options.number("entries"), secondsSince(begin)));
        int millis = 1_000 * options.number("warm-seconds");
        cluster.client().tell("load " + Workload.PUT.word() + " 64 1 " + millis);
        cluster.client().await("measured", Duration.ofMillis(millis).plusSeconds(30));
    }

    private double secondsSince(long nanos) {
        return (environment.clock().nanoTime() - nanos) / 1e9;
    }

    private void watch(Cluster cluster) throws IOException {
        List<Path> folders = snapshotFolders(cluster.directory());
        cluster.client().tell("write " + options.number("rate"));
        cluster.pause(Duration.ofSeconds(2));
        long begin = environment.clock().nanoTime();
        long since = 0;
        boolean writing = false;
        while (secondsSince(begin) < options.number("seconds")) {
            boolean now = folders.stream().anyMatch(SnapshotBenchmark::isBeingWritten);
            if (now != writing) {
                writing = now;
                cluster.client().tell("mark " + now);
                snapshots += now ? 1 : 0;
                snapshotNanos += now ? 0 : environment.clock().nanoTime() - since;
                since = environment.clock().nanoTime();
            }
            cluster.pause(POLL);
        }
        tell(latencies(cluster), cluster);
    }

    /** Of the unmarked time and of the marked, as {@link PacedWrites#line} has them; the writes end. */
    private static String[] latencies(Cluster cluster) {
        cluster.client().tell("latencies");
        String[] words = cluster.client().await("latencies", ANSWER).text().split(" ", -1);
        cluster.client().tell("stop");
        cluster.client().await("outcome", ANSWER);
        return words;
    }

    /** Snapshots that fall into this time count as well as without backups. */
    private void backUp(Cluster cluster) {
        int count = options.number("backups");
        if (count == 0) {
            return;
        }
        cluster.client().tell("write " + options.number("rate"));
        long nanos = 0;
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            cluster.pause(BETWEEN_BACKUPS);
            int leader = cluster.awaitLeader();
            cluster.client().tell("mark true");
            long begin = environment.clock().nanoTime();
            bytes = cluster.backup(leader, LONG);
            nanos += environment.clock().nanoTime() - begin;
            cluster.client().tell("mark false");
        }
        String[] words = latencies(cluster);
        System.out.println(
                Results.format("without a backup: %s writes, p50 %s ms, p99 %s ms", words[0], words[1], words[2]));
        System.out.println(Results.format(
                "while the leader writes one: %s writes, p50 %s ms, p99 %s ms; %d of %,d bytes, %.1f s together; p99 %.1f x",
                words[3],
                words[4],
                words[5],
                count,
                bytes,
                nanos / 1e9,
                Double.parseDouble(words[5]) / Double.parseDouble(words[2])));
    }

    /** Where the nodes write a snapshot until it is whole. */
    private static List<Path> snapshotFolders(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> Files.isDirectory(path) && path.endsWith("tmp"))
                    .toList();
        }
    }

    private static boolean isBeingWritten(Path folder) {
        String[] names = folder.toFile().list();
        return names != null && Arrays.stream(names).anyMatch(name -> name.startsWith(BEING_WRITTEN));
    }

    private void tell(String[] words, Cluster cluster) {
        double before = Double.parseDouble(words[2]);
        double during = Double.parseDouble(words[5]);
        System.out.println(
                Results.format("without a snapshot: %s writes, p50 %s ms, p99 %s ms", words[0], words[1], words[2]));
        System.out.println(Results.format(
                "while a node writes one: %s writes, p50 %s ms, p99 %s ms; %d times, %.1f s together",
                words[3], words[4], words[5], snapshots, snapshotNanos / 1e9));
        System.out.println(
                snapshots == 0
                        ? "bar: p99 during < " + RATIO_BAR + " x before: no snapshot was written meanwhile"
                        : Results.format(
                                "bar: p99 during < %.0f x before: %.1f, %s",
                                RATIO_BAR, during / before, during < RATIO_BAR * before ? "met" : "MISSED"));
        System.out.println("heap in use after a collection: " + cluster.heapMebibytes() + " MiB; resident: "
                + cluster.serverMebibytes() + " MiB");
    }

    private void restart(Cluster cluster) {
        long begin = environment.clock().nanoTime();
        cluster.restartAll();
        double seconds = secondsSince(begin);
        System.out.println(Results.format(
                "all three killed and started again: a leader with two followers after %.1f s; bar: < %.0f s, %s",
                seconds, RESTART_BAR_SECONDS, seconds < RESTART_BAR_SECONDS ? "met" : "MISSED"));
    }
}
