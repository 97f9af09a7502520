package io.holdfast.consensus.ratis;

import io.holdfast.consensus.log.GroupLogConfig;
import io.holdfast.consensus.log.LogConfigs;
import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Prints the pace of the log on three real replicas in this process, for a look at what a change costs: {@code LogPace [directory]}. Not a benchmark: all nodes share the processor. */
final class LogPace {
    private static final byte[] COMMAND = new byte[120];
    private static final AtomicInteger FAILED = new AtomicInteger();

    private LogPace() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path base = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("log-pace");
        int run = 0;
        for (int[] open : new int[][] {{1, 1}, {2, 1}, {1, 2}, {2, 2}, {2, 1}, {2, 2}, {1, 1}}) {
            GroupLogConfig config = LogConfigs.open(open[0], open[1]);
            Path directory = base.resolve("run" + run++);
            try (RatisLogCluster cluster = new RatisLogCluster(directory, 3, config, node -> new EchoState())) {
                for (int callers : new int[] {1, 1, 64, 256}) {
                    int from = callers == 1 ? 500 : 20_000;
                    measure(
                            open[0] + " batches, " + open[1] + " entries, " + callers + " callers, put",
                            cluster,
                            callers,
                            from,
                            false);
                }
                measure("64 callers, linearizable get", cluster, 64, 40_000, true);
            }
        }
    }

    private static void measure(String what, RatisLogCluster cluster, int callers, int operations, boolean reads)
            throws InterruptedException {
        long[] nanos = new long[operations];
        AtomicInteger next = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(callers);
        long began = cluster.clock().nanoTime();
        for (int i = 0; i < callers; i++) {
            ReplicatedLog log = cluster.log(i % 3);
            call(cluster, () -> start(cluster, log, reads), nanos, next, ended);
        }
        ended.await();
        double seconds = (cluster.clock().nanoTime() - began) / 1e9;
        Arrays.sort(nanos);
        System.out.printf(
                "%-55s %8.0f/s  p50 %6.2f ms  p99 %6.2f ms  failed %d%n",
                what,
                operations / seconds,
                nanos[operations / 2] / 1e6,
                nanos[operations * 99 / 100] / 1e6,
                FAILED.getAndSet(0));
    }

    private static CompletionStage<byte[]> start(RatisLogCluster cluster, ReplicatedLog log, boolean reads) {
        Deadline deadline = Deadline.after(cluster.clock().nanoTime(), Duration.ofSeconds(10));
        return reads ? log.query(COMMAND, ReadConsistency.LINEARIZABLE, deadline) : log.propose(COMMAND, deadline);
    }

    private static void call(
            RatisLogCluster cluster,
            Supplier<CompletionStage<byte[]>> operation,
            long[] nanos,
            AtomicInteger next,
            CountDownLatch ended) {
        int number = next.getAndIncrement();
        if (number >= nanos.length) {
            ended.countDown();
            return;
        }
        long began = cluster.clock().nanoTime();
        operation.get().whenComplete((value, error) -> {
            if (error != null) {
                FAILED.incrementAndGet();
            }
            nanos[number] = cluster.clock().nanoTime() - began;
            call(cluster, operation, nanos, next, ended);
        });
    }
}
