package io.holdfast.benchmarks.shared;

import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.benchmarks.run.TextTable;
import io.holdfast.circuitbreaker.PipelineBuilder;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntToDoubleFunction;

/** Whole nodes in one JVM over loopback. First a limit of 1,000 calls a second of ten nodes under demand that is spread in different ways; then a dead dependency with one caller and with ten. */
final class ClusterLimits {
    private static final int NODES = 10;
    private static final double LIMIT = 1000;
    private static final double ERROR_BAR = 0.05;
    private static final double TRIES_BAR = 2;
    private static final Duration MOVE = Duration.ofSeconds(30);

    private final Environment environment;
    private final Duration warm;
    private final Duration time;

    private ClusterLimits(Environment environment, Duration warm, Duration time) {
        this.environment = environment;
        this.warm = warm;
        this.time = time;
    }

    /** See {@code benchmarks/run-cluster-limits --help}. */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(
                "run-cluster-limits",
                arguments,
                new Option("warm-seconds", "5", "before a row is measured"),
                new Option("seconds", "10", "how long each row is measured"),
                new Option("dead-seconds", "20", "how long the dependency is dead"));
        try (Environment environment = Environment.system()) {
            ClusterLimits limits = new ClusterLimits(
                    environment,
                    Duration.ofSeconds(options.number("warm-seconds")),
                    Duration.ofSeconds(options.number("seconds")));
            limits.quota();
            limits.tries(Duration.ofSeconds(options.number("dead-seconds")));
        }
        System.exit(0);
    }

    private void quota() throws InterruptedException {
        TextTable table = new TextTable("demand on ten nodes", "offered/s", "passed/s", "error", "bar", "verdict");
        AtomicInteger hot = new AtomicInteger();
        row(table, "even", 2000, node -> 200, time);
        row(table, "Zipf", 2000, zipf(2000), time);
        row(table, "Zipf, hardly more than the limit", 1100, zipf(1100), time);
        row(table, "one node wants 90 %", 1500, node -> node == 4 ? 1350 : 150.0 / 9, time);
        moveEvery(MOVE, hot);
        row(table, "a hot spot that moves every 30 s", 1470, node -> node == hot.get() ? 1200 : 30, MOVE);
        System.out.println(table);
    }

    private void moveEvery(Duration pause, AtomicInteger hot) {
        environment.scheduler().schedule(pause, () -> {
            hot.set((hot.get() + 3) % NODES);
            moveEvery(pause, hot);
        });
    }

    private static IntToDoubleFunction zipf(double total) {
        double sum = 0;
        for (int i = 1; i <= NODES; i++) {
            sum += 1.0 / i;
        }
        double scale = total / sum;
        return node -> scale / (node + 1);
    }

    private void row(TextTable table, String demand, int offered, IntToDoubleFunction perSecond, Duration measured)
            throws InterruptedException {
        LongAdder passed = new LongAdder();
        String block = "holdfast.policies.dependency.rate-limit.";
        try (Nodes nodes = new Nodes(
                environment,
                NODES,
                Map.of(block + "limit", "1000", block + "scope", "cluster"),
                PipelineBuilder::rateLimit)) {
            nodes.load(perSecond, () -> {
                passed.increment();
                return "";
            });
            nodes.pass(warm);
            long before = passed.sum();
            long begin = environment.clock().nanoTime();
            nodes.pass(measured);
            double rate = (passed.sum() - before) * 1e9 / (environment.clock().nanoTime() - begin);
            double error = Math.abs(rate / LIMIT - 1);
            table.row(
                    demand,
                    Integer.toString(offered),
                    text("%.1f", rate),
                    text("%.1f %%", error * 100),
                    text("%.0f %%", ERROR_BAR * 100),
                    error <= ERROR_BAR ? "met" : "missed");
        }
    }

    private void tries(Duration dead) throws InterruptedException {
        TextTable table = new TextTable("callers of a dead dependency", "tries", "of one caller's", "bar", "verdict");
        long one = tries(1, "cluster", dead);
        long ten = tries(NODES, "cluster", dead);
        long apart = tries(NODES, "node", dead);
        double ratio = (double) ten / one;
        table.row("one", Long.toString(one), "1.00", "", "");
        table.row(
                "ten, scope cluster",
                Long.toString(ten),
                text("%.2f", ratio),
                text("%.0f", TRIES_BAR),
                ratio <= TRIES_BAR ? "met" : "missed");
        table.row("ten, scope node", Long.toString(apart), text("%.2f", (double) apart / one), "", "");
        System.out.println(table);
    }

    /** The calls that reached the dependency after the last caller had opened its circuit: each of them is a try. */
    private long tries(int callers, String scope, Duration dead) throws InterruptedException {
        LongAdder reached = new LongAdder();
        String block = "holdfast.policies.dependency.circuit-breaker.";
        try (Nodes nodes = new Nodes(
                environment,
                callers,
                Map.of(block + "scope", scope, block + "wait-in-open", "1s"),
                PipelineBuilder::circuitBreaker)) {
            nodes.load(node -> 50, () -> {
                reached.increment();
                throw new IllegalStateException("the dependency is dead");
            });
            while (!nodes.all(", open)")) {
                nodes.pass(Duration.ofMillis(5));
            }
            long before = reached.sum();
            nodes.pass(dead);
            return reached.sum() - before;
        }
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
