package io.holdfast.benchmarks.shards;

import io.holdfast.HoldfastNode;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.ShardedMap;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** What more groups bring on one machine, and what it costs to find the right one. For use by one thread. */
final class GroupsRun {
    private static final int NODES = 3;
    private static final int KEYS = 10_000;
    private static final int TALLIES_OF_CALLER = 16;

    private final Environment environment;
    private final Options options;
    private final ShardCluster cluster;
    private final String run;
    private final Bars bars;

    private GroupsRun(Environment environment, Options options, ShardCluster cluster, String run, Bars bars) {
        this.environment = environment;
        this.options = options;
        this.cluster = cluster;
        this.run = run;
        this.bars = bars;
    }

    static void run(Environment environment, Options options, Bars bars) {
        for (int groups : options.numbers("compare-groups")) {
            ClusterPlan plan = ClusterPlan.of(options)
                    .withNodes(NODES)
                    .withFlags(options.text("warm-flags"))
                    .withSetting("holdfast.consensus.groups", Integer.toString(groups));
            try (ShardCluster cluster = ShardCluster.start(environment, plan)) {
                new GroupsRun(environment, options, cluster, groups + (groups == 1 ? " group" : " groups"), bars).run();
            }
        }
    }

    private void run() {
        HoldfastNode node = cluster.client();
        ReplicatedMap<String, Long> plain = node.map("bench-plain", String.class, Long.class);
        ShardedMap<String, Long> sharded = node.shardedMap("bench-sharded", String.class, Long.class);
        int callers = options.number("callers");
        List<Tally> tallies = IntStream.range(0, callers * TALLIES_OF_CALLER)
                .mapToObj(i -> node.entities().ref(Tally.class, "groups-" + i))
                .toList();
        long[] turns = new long[callers]; // each is its caller's
        throughput("puts into one map", (caller, number) -> plain.putAsync("k" + number % KEYS, number));
        throughput("puts into a sharded map", (caller, number) -> sharded.putAsync("k" + number % KEYS, number));
        throughput("entity writes from a node that owns none", (caller, number) -> {
            long turn = turns[caller]++;
            Tally tally = tallies.get(caller * TALLIES_OF_CALLER + (int) (turn % TALLIES_OF_CALLER));
            return tally.add(turn / TALLIES_OF_CALLER + 1);
        });
        routing(node, plain, sharded);
    }

    private void throughput(String what, Callers.Deed deed) {
        Callers warm = new Callers(environment, deed);
        go(warm, options.number("group-warm-seconds"));
        Callers measured = new Callers(environment, deed);
        Duration cpu = cluster.cpu();
        long begin = environment.clock().nanoTime();
        go(measured, options.number("group-seconds"));
        double seconds = (environment.clock().nanoTime() - begin) / 1e9;
        double used = cluster.cpu().minus(cpu).toNanos() / 1e3;
        long done = measured.latencies().count();
        bars.row(
                run,
                what + ", " + options.number("callers") + " callers",
                Bars.text(
                        "%,.0f/s, CPU %.0f us each of all processes, p50 %.2f ms, p99 %.1f ms, %d failed",
                        done / seconds,
                        used / Math.max(1, done),
                        measured.latencies().micros(0.5) / 1e3,
                        measured.latencies().micros(0.99) / 1e3,
                        measured.failed()),
                "failed 0",
                measured.failed() == 0 && done > 0);
    }

    private void go(Callers callers, int seconds) {
        long end = environment.clock().nanoTime() + seconds * 1_000_000_000L;
        try {
            callers.run(options.number("callers"), () -> environment.clock().nanoTime() >= end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while calling", e);
        }
    }

    /** One call after the other. */
    private void routing(HoldfastNode node, ReplicatedMap<String, Long> plain, ShardedMap<String, Long> sharded) {
        int seconds = options.number("call-seconds");
        Duration time = Duration.ofSeconds(seconds);
        String owner = cluster.founders().get(0);
        OneByOne calls = OneByOne.of(environment, node, owner::equals, time);
        double one = calls.measure(i -> plain.putAsync("k" + i % KEYS, (long) i));
        double spread = calls.measure(i -> sharded.putAsync("k" + i % KEYS, (long) i));
        bars.row(run, "put into one map, one at a time, p50", Bars.text("%.0f us", one));
        bars.row(run, "put into a sharded map, one at a time, p50", Bars.text("%.0f us: %.2fx", spread, spread / one));
        double away = calls.writes();
        cluster.life(owner).jvm().tell("local " + seconds);
        double own = Double.parseDouble(cluster.life(owner)
                .jvm()
                .await("local", Duration.ofSeconds(60 + 4L * seconds))
                .text()
                .split(" ", -1)[1]);
        bars.row(run, "entity write on its owner, one at a time, p50", Bars.text("%.0f us", own));
        bars.row(run, "entity write from another node, p50", Bars.text("%.0f us: %.2fx", away, away / own));
    }
}
