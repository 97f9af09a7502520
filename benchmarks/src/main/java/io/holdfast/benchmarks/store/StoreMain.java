package io.holdfast.benchmarks.store;

import io.holdfast.benchmarks.run.Latencies;
import io.holdfast.benchmarks.run.ParentLines;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The JVM of one store. Arguments: {@code load} or {@code open}, peer, directory, keys, seconds, writers. */
final class StoreMain {
    private static final int KEY_BYTES = 16;
    private static final int VALUE_BYTES = 100;
    private static final int LOADING = 10_000;

    private final Environment environment = Environment.system();
    private final SplittableRandom random = new SplittableRandom(1);
    private final Path directory;
    private final int keys;
    private final int seconds;
    private final StorePeer store;

    private StoreMain(String peer, Path directory, int keys, int seconds) {
        this.directory = directory;
        this.keys = keys;
        this.seconds = seconds;
        this.store = open(peer);
    }

    private StorePeer open(String peer) {
        return switch (peer) {
            case "holdfast" -> new HoldfastRows(environment, directory);
            case "rocksdb" -> new RocksRows(environment, directory);
            case "mvstore" -> new MvRows(environment, directory);
            default -> throw new IllegalArgumentException("peer (" + peer + ") must be holdfast, rocksdb or mvstore");
        };
    }

    /** See {@link StoreBenchmark}. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[2]));
        Environment clock = Environment.system();
        long begin = clock.clock().nanoTime();
        StoreMain main =
                new StoreMain(arguments[1], directory, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
        if (arguments[0].equals("open")) {
            main.found();
            ParentLines.say("opened " + (clock.clock().nanoTime() - begin) / 1_000_000);
        } else {
            main.measure(Integer.parseInt(arguments[5]));
        }
        main.store.close();
        ParentLines.say("closed " + main.mebibytes());
        Runtime.getRuntime().halt(0);
    }

    private void found() {
        if (store.get(key(keys - 1)) == null) {
            throw new IllegalStateException("key " + (keys - 1) + " is lost");
        }
    }

    private void measure(int writers) throws Exception {
        double load = load();
        long loaded = mebibytes();
        write(writers, seconds / 2 + 1, new Latencies());
        Latencies latencies = new Latencies();
        double puts = write(writers, seconds, latencies);
        read(seconds / 2 + 1);
        double gets = read(seconds);
        ParentLines.say(String.format(
                Locale.ROOT,
                "figures %.0f %.0f %.2f %.2f %.0f %d %d %d",
                load,
                puts,
                latencies.micros(0.5) / 1e3,
                latencies.micros(0.99) / 1e3,
                gets,
                heap(),
                loaded,
                mebibytes()));
    }

    /** All keys, with many in flight. Returns puts a second. */
    private double load() throws Exception {
        long begin = environment.clock().nanoTime();
        Window window = new Window(LOADING, null);
        for (int i = 0; i < keys; i++) {
            window.put(i);
        }
        window.drain();
        return keys * 1e9 / (environment.clock().nanoTime() - begin);
    }

    /** A closed loop of writers, each of which waits for the sync of its row. Returns puts a second. */
    private double write(int writers, int length, Latencies latencies) throws Exception {
        Window window = new Window(writers, latencies);
        long begin = environment.clock().nanoTime();
        long end = begin + length * 1_000_000_000L;
        long puts = 0;
        while (environment.clock().nanoTime() < end) {
            window.put(random.nextInt(keys));
            puts++;
        }
        window.drain();
        return puts * 1e9 / (environment.clock().nanoTime() - begin);
    }

    private double read(int length) {
        long begin = environment.clock().nanoTime();
        long end = begin + length * 1_000_000_000L;
        long gets = 0;
        while (environment.clock().nanoTime() < end) {
            for (int i = 0; i < 100; i++) {
                byte[] value = store.get(key(random.nextInt(keys)));
                if (value == null || value.length != VALUE_BYTES) {
                    throw new IllegalStateException("a row is lost");
                }
            }
            gets += 100;
        }
        return gets * 1e9 / (environment.clock().nanoTime() - begin);
    }

    /** Puts that wait for their sync, so many at most. */
    private final class Window {
        private record Put(long position, long begin) {}

        private final int size;
        private final @Nullable Latencies latencies;
        private final Semaphore free;
        private final Queue<Put> waiting = new ConcurrentLinkedQueue<>();

        Window(int size, @Nullable Latencies latencies) {
            this.size = size;
            this.latencies = latencies;
            this.free = new Semaphore(size);
            store.onSynced(this::synced);
        }

        void put(int number) throws InterruptedException {
            free.acquire();
            long begin = environment.clock().nanoTime();
            synchronized (waiting) { // so that the sync does not come before
                waiting.add(new Put(store.put(key(number), value()), begin));
            }
        }

        private void synced(long position) {
            long now = environment.clock().nanoTime();
            synchronized (waiting) {
                for (Put put = waiting.peek(); put != null && put.position() <= position; put = waiting.peek()) {
                    waiting.remove();
                    if (latencies != null) {
                        latencies.record(now - put.begin());
                    }
                    free.release();
                }
            }
        }

        void drain() throws InterruptedException {
            free.acquire(size);
        }
    }

    private byte[] key(int number) {
        return ByteBuffer.allocate(KEY_BYTES).putLong(number).putLong(number).array();
    }

    private byte[] value() {
        byte[] value = new byte[VALUE_BYTES];
        random.nextBytes(value);
        return value;
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    private long mebibytes() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum()
                    >> 20;
        }
    }
}
