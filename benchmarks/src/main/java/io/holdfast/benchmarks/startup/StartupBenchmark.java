package io.holdfast.benchmarks.startup;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.benchmarks.run.ChildJvm;
import io.holdfast.benchmarks.run.Medians;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.benchmarks.run.TextTable;
import io.holdfast.core.DurationText;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The driver of both measurements. */
final class StartupBenchmark {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final double NODE_BAR = 1_500;
    private static final double CLUSTER_BAR = 500;

    private final Environment environment;
    private final TextTable table = new TextTable("what", "runs", "median ms", "max ms", "bar ms", "verdict (median)");

    private StartupBenchmark(Environment environment) {
        this.environment = environment;
    }

    /** See {@code benchmarks/run-startup --help}. */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(
                "run-startup",
                arguments,
                new Option("runs", "10", "fresh JVMs"),
                new Option("warm-rounds", "5", "clusters formed before they are measured"),
                new Option("rounds", "20", "clusters formed and measured"));
        try (Environment environment = Environment.system()) {
            StartupBenchmark benchmark = new StartupBenchmark(environment);
            benchmark.freshNodes(options.number("runs"));
            benchmark.clusters(options.number("warm-rounds"), options.number("rounds"));
            System.out.println(benchmark.table);
        }
        System.exit(0);
    }

    private void freshNodes(int runs) {
        List<Double> start = new ArrayList<>();
        List<Double> process = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            long begin = environment.clock().nanoTime();
            try (ChildJvm child =
                    ChildJvm.start(environment, "startup-" + i, ReadyNodeMain.class, List.of("-Xmx256m"), List.of())) {
                ChildJvm.Line ready = child.await("ready", LIMIT);
                start.add(Long.parseLong(ready.text()) / 1e6);
                process.add((ready.nanos() - begin) / 1e6);
            }
        }
        row("node: start() to ready, fresh JVM", start, NODE_BAR);
        row("node: process start to ready", process, NODE_BAR);
    }

    private void clusters(int warmRounds, int rounds) throws InterruptedException {
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < warmRounds + rounds; round++) {
            double millis = cluster();
            if (round >= warmRounds) {
                times.add(millis);
            }
        }
        row("cluster: 3 nodes in one warm JVM, start() to all ready and seeing all", times, CLUSTER_BAR);
    }

    /** Three nodes that expect three, each given all addresses that are known when it starts. */
    private double cluster() throws InterruptedException {
        List<HoldfastNode> nodes = new ArrayList<>();
        try {
            long begin = environment.clock().nanoTime();
            for (int i = 0; i < 3; i++) {
                String[] seeds =
                        nodes.stream().map(node -> node.address().toString()).toArray(String[]::new);
                nodes.add(Holdfast.node("node-" + i).expect(3).seeds(seeds).start());
            }
            CountDownLatch complete = new CountDownLatch(nodes.size());
            for (HoldfastNode node : nodes) {
                awaitAll(node, nodes.size(), complete);
            }
            if (!complete.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("three nodes did not form a cluster within " + DurationText.of(LIMIT));
            }
            nodes.forEach(node -> node.awaitReady(LIMIT));
            return (environment.clock().nanoTime() - begin) / 1e6;
        } finally {
            nodes.forEach(HoldfastNode::close);
        }
    }

    private static void awaitAll(HoldfastNode node, int size, CountDownLatch complete) {
        boolean[] told = {false}; // by the membership's one thread
        node.membership().listen(event -> {
            if (!told[0] && node.membership().members().size() == size) {
                told[0] = true;
                complete.countDown();
            }
        });
    }

    private void row(String what, List<Double> millis, double bar) {
        double max = millis.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        table.row(
                what,
                Integer.toString(millis.size()),
                String.format(Locale.ROOT, "%.0f", Medians.of(millis)),
                String.format(Locale.ROOT, "%.0f", max),
                String.format(Locale.ROOT, "%.0f", bar),
                Medians.of(millis) < bar ? "met" : "MISSED");
    }
}
