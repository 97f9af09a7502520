package io.holdfast.benchmarks.traffic;

import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.TextTable;
import io.holdfast.benchmarks.traffic.OpenLoad.Call;
import io.holdfast.discovery.outlier.OutlierConfig;
import io.holdfast.discovery.traffic.CanaryConfig;
import io.holdfast.discovery.traffic.CanaryStatus;
import io.holdfast.discovery.traffic.TrafficPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The bars of issue 4 for traffic, between real nodes: a slow instance, one that fails fast, a bad canary; each with the policy and without it. */
public final class TrafficBenchmark {
    private static final int SICK = 3;
    private static final String SICK_NODE = "n" + SICK;
    private static final double WARM_UP = 3;

    private final int rate;
    private final TextTable table = new TextTable("scenario", "balance", "ejection", "figure", "bar", "holds");
    private boolean allHold = true;

    private TrafficBenchmark(int rate) {
        this.rate = rate;
    }

    /**
     * Runs all scenarios and prints the table; ends with 1 if a bar does not hold.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        Options options = Options.parse(
                "run-traffic", arguments, new Options.Option("rate", "500", "calls a second of the one caller"));
        TrafficBenchmark benchmark = new TrafficBenchmark(options.number("rate"));
        for (String balance : List.of("p2c-peak-ewma", "round-robin")) {
            benchmark.slow(balance, false);
            benchmark.slow(balance, true);
            benchmark.failing(balance, false);
            benchmark.failing(balance, true);
        }
        benchmark.canary();
        System.out.println(benchmark.table);
        System.exit(benchmark.allHold ? 0 : 1);
    }

    /** Runs a load in which something goes wrong after the warm-up. */
    private List<Call> run(String balance, TrafficPolicy policy, double seconds, Consumer<WorkCluster> harm) {
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        try (WorkCluster cluster = new WorkCluster(balance)) {
            cluster.traffic().update(WorkCluster.WORK, policy);
            later.schedule(() -> harm.accept(cluster), (long) (WARM_UP * 1000), TimeUnit.MILLISECONDS);
            List<Call> calls = new OpenLoad(cluster.client(), rate).run(WARM_UP + seconds);
            cluster.decisions().forEach(System.out::println);
            cluster.traffic().canary(WorkCluster.WORK).ifPresent(TrafficBenchmark::print);
            return calls;
        } finally {
            later.shutdownNow();
        }
    }

    private static void print(CanaryStatus status) {
        System.out.println("canary: " + status);
    }

    private static TrafficPolicy policy(boolean ejection) {
        return ejection ? TrafficPolicy.DEFAULT : TrafficPolicy.DEFAULT.withOutlier(OutlierConfig.OFF);
    }

    private void slow(String balance, boolean ejection) {
        List<Call> calls = run(
                balance, policy(ejection), 12, cluster -> cluster.service(SICK).slow(10));
        List<Call> after = calls.stream()
                .filter(call -> call.second() >= WARM_UP + 5 && call.second() < WARM_UP + 11)
                .toList();
        double healthy = p99(
                after.stream().filter(call -> !call.node().equals(SICK_NODE)).toList());
        double all = p99(after);
        row(
                "one of ten 10x slow, after 5 s",
                balance,
                ejection,
                text("p99 %.1f ms, healthy nine %.1f ms, %.2fx", all, healthy, all / healthy),
                "< 1.5x",
                all < 1.5 * healthy);
    }

    private void failing(String balance, boolean ejection) {
        List<Call> calls = run(
                balance, policy(ejection), 9, cluster -> cluster.service(SICK).fail(1));
        double share = share(
                calls.stream().filter(call -> call.second() >= WARM_UP + 2).toList(), Call::failed);
        row(
                "one of ten fails fast, after 2 s",
                balance,
                ejection,
                text("%.3f%% of the calls", 100 * share),
                "< 2%",
                share < 0.02);
    }

    /** The new version fails from its first call on; the figure is over all calls of the run. */
    private void canary() {
        CanaryConfig canary = CanaryConfig.of("2", "1").withSteps(List.of(1, 5, 20, 50, 100), Duration.ofSeconds(10));
        for (boolean watched : new boolean[] {false, true}) {
            TrafficPolicy policy = policy(watched);
            List<Call> calls = run("p2c-peak-ewma", policy, 25, cluster -> {
                cluster.service(WorkCluster.INSTANCES).fail(0.2);
                if (watched) {
                    cluster.traffic().update(WorkCluster.WORK, policy.withCanary(canary));
                }
            });
            List<Call> after =
                    calls.stream().filter(call -> call.second() >= WARM_UP).toList();
            double harmed = share(after, Call::failed);
            row(
                    "new version fails 20%",
                    watched ? "canary" : "one of ten at once",
                    watched,
                    text("%.3f%% of %d calls harmed", 100 * harmed, after.size()),
                    "< 1%",
                    harmed < 0.01);
        }
    }

    private void row(String scenario, String balance, boolean ejection, String figure, String bar, boolean holds) {
        boolean judged = ejection; // without it the row shows what would be
        allHold &= !judged || holds;
        table.row(scenario, balance, ejection ? "on" : "off", figure, bar, holds ? "yes" : judged ? "NO" : "no");
    }

    private static double share(List<Call> calls, Predicate<Call> which) {
        return (double) calls.stream().filter(which).count() / Math.max(1, calls.size());
    }

    private static double p99(List<Call> calls) {
        double[] sorted = calls.stream().mapToDouble(Call::millis).sorted().toArray();
        return sorted[(int) (0.99 * (sorted.length - 1))];
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
