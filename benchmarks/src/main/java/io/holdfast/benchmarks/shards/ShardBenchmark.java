package io.holdfast.benchmarks.shards;

import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;

/** The driver: nodes in a JVM each own 256 shards; one more joins and leaves; the driver's own node owns none and calls entities of all. */
final class ShardBenchmark {
    private static final List<String> RUNS =
            List.of("steady", "kill", "pause", "move", "call", "soak", "jobs", "groups");

    private static final List<String> NUMBERS = List.of(
            "rate",
            "write-percent",
            "keys",
            "groups",
            "warm-seconds",
            "seconds",
            "kills",
            "pauses",
            "moves",
            "before-seconds",
            "call-rounds",
            "call-seconds",
            "call-warm-seconds",
            "kill-leader-every",
            "pauses-at-once",
            "soak-keys",
            "soak-live",
            "soak-seconds",
            "soak-write-percent",
            "sample-seconds",
            "job-seconds",
            "callers",
            "group-seconds",
            "group-warm-seconds");

    private ShardBenchmark() {}

    /** See {@code benchmarks/run-shards --help}. */
    public static void main(String[] arguments) {
        Options options = Options.parse(
                "run-shards",
                arguments,
                new Option("runs", String.join(",", RUNS), "what is measured"),
                new Option("rate", "2000", "calls a second, whether or not earlier ones were answered"),
                new Option("write-percent", "50", "how many of a hundred calls are increments; the others are reads"),
                new Option("keys", "1024", "entities, as many in each of the 256 shards"),
                new Option("groups", "1", "consensus groups"),
                new Option("warm-seconds", "40", "seconds of load before the first figure of each run"),
                new Option("seconds", "20", "steady: how long"),
                new Option("kills", "20", "kill: owners killed, one after the other"),
                new Option(
                        "kill-leader-every", "4", "kill: each so-many-th is whoever leads the group of the shard map"),
                new Option("pauses", "50", "pause: owners stopped for ten seconds"),
                new Option("pauses-at-once", "2", "pause: how many at once, one voter at most"),
                new Option("moves", "2", "move: joins, each followed by a leave"),
                new Option("before-seconds", "10", "move: seconds without a move, before each"),
                new Option("call-rounds", "5", "call: rounds"),
                new Option("call-warm-seconds", "60", "call: seconds of load on all nodes before the first figure"),
                new Option("call-seconds", "2", "call: seconds for each kind in each round, and as many before"),
                new Option("soak-keys", "1000000", "soak: different keys"),
                new Option("soak-live", "100000", "soak: entities that shall be in the memory of three nodes"),
                new Option(
                        "soak-seconds", "600", "soak: how long; all keys once first, then again and again at the rate"),
                new Option(
                        "soak-write-percent",
                        "10",
                        "soak: how many of a hundred keys have a state; the others are only read"),
                new Option("sample-seconds", "30", "soak: between two looks at the heaps"),
                new Option("soak-flags", "-Xms1g -Xmx1g", "soak: flags of each node's JVM"),
                new Option("job-seconds", "600", "jobs: how long"),
                new Option(
                        "compare-groups", "1,2,4", "groups: numbers of groups, a new cluster of three nodes for each"),
                new Option("callers", "64", "groups: calls open at once"),
                new Option("group-seconds", "8", "groups: measured seconds for each kind"),
                new Option("group-warm-seconds", "12", "groups: and as many before"),
                new Option(
                        "warm-flags", "-Xms384m -Xmx384m -XX:+UseSerialGC", "call, groups: flags of each node's JVM"),
                new Option(
                        "node-flags",
                        "-Xms192m -Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                        "flags of each node's JVM: a node that has just started must not take two cores from six with its second compiler"),
                new Option("data", "target/shards-data", "directory of the nodes' logs; use a real disk"));
        List<String> runs = options.words("runs", RUNS);
        NUMBERS.forEach(options::number); // a mistake ends the program before it starts a node
        Bars bars = new Bars();
        try (Environment environment = Environment.system()) {
            for (String run : runs) {
                run(environment, options, run, bars);
            }
        }
        System.out.println();
        System.out.println(bars);
        System.exit(bars.met() ? 0 : 1);
    }

    private static void run(Environment environment, Options options, String run, Bars bars) {
        try {
            switch (run) {
                case "call" -> call(environment, options, bars);
                case "soak" -> SoakRun.run(environment, options, bars);
                case "jobs" -> jobs(environment, options, bars);
                case "groups" -> GroupsRun.run(environment, options, bars);
                default -> underLoad(environment, options, run, bars);
            }
        } catch (IllegalStateException | HoldfastException | CompletionException e) {
            bars.row(run, "ended early", String.valueOf(e.getMessage()), "", false);
        }
    }

    private static void underLoad(Environment environment, Options options, String run, Bars bars) {
        try (Stage stage = new Stage(environment, options)) {
            switch (run) {
                case "steady" -> SteadyRun.run(stage, options.number("seconds"), bars);
                case "kill" ->
                    OutageRun.kills(stage, options.number("kills"), options.number("kill-leader-every"), bars);
                case "pause" ->
                    OutageRun.pauses(stage, options.number("pauses"), options.number("pauses-at-once"), bars);
                default ->
                    MoveRun.run(
                            stage, options.number("moves"), Duration.ofSeconds(options.number("before-seconds")), bars);
            }
        }
    }

    /** Without a load: nothing else is to be measured. */
    private static void call(Environment environment, Options options, Bars bars) {
        try (ShardCluster cluster =
                ShardCluster.start(environment, ClusterPlan.of(options).withFlags(options.text("warm-flags")))) {
            CallRun.run(environment, cluster, options, bars);
        }
    }

    /** One group: whose leader is meant is plain then, and where the effects lie. */
    private static void jobs(Environment environment, Options options, Bars bars) {
        ClusterPlan plan = ClusterPlan.of(options)
                .withHosts(ClusterPlan.Hosts.TICKS)
                .withSetting("holdfast.consensus.groups", "1");
        try (ShardCluster cluster = ShardCluster.start(environment, plan)) {
            TickRun.run(environment, cluster, options.number("job-seconds"), bars);
        }
    }
}
