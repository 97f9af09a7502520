package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.Medians;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.benchmarks.run.TextTable;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The driver: a client at a node that does not lead writes at a fixed rate; the leader is killed with SIGKILL; the longest time in which no write was done is the figure. Then the killed node is started again,
 * and the next leader is killed, with a new client.
 */
final class FailoverBenchmark {
    private static final Duration ANSWER = Duration.ofSeconds(100);
    private static final int WARM_CLIENTS = 16;
    private static final int MAX_TRIES = 5;
    private static final double MEDIAN_BAR_MILLIS = 600;
    private static final double LONGEST_BAR_MILLIS = 2_000;

    private final Environment environment;
    private final Options options;
    private final Path directory;

    private FailoverBenchmark(Environment environment, Options options) {
        this.environment = environment;
        this.options = options;
        this.directory = Path.of(options.text("data"));
    }

    /** See {@code benchmarks/run-failover --help}. */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(
                "run-failover",
                arguments,
                new Option("peers", String.join(",", Peers.LOGS), "what is measured"),
                new Option("kills", "20", "leaders killed, one after the other"),
                new Option("rate", "1000", "writes a second, whether or not earlier ones were answered"),
                new Option("warm-seconds", "20", "seconds of full load before the first kill"),
                new Option(
                        "settle-seconds", "3", "seconds of writes before each kill, of which the first is not judged"),
                new Option("after-seconds", "8", "seconds of writes after each kill"),
                new Option("data", "target/failover-data", "directory of the nodes' logs; use a real disk"));
        List<String> peers = options.words("peers", Peers.LOGS);
        TextTable table = new TextTable(
                "peer",
                "kills",
                "gap p50 ms",
                "gap max ms",
                "longest gap without a kill ms",
                "failed writes p50",
                "not sent p50",
                "bar: p50 < 600, max < 2000");
        try (Environment environment = Environment.system()) {
            FailoverBenchmark benchmark = new FailoverBenchmark(environment, options);
            List<String> available = Peers.available(peers);
            System.out.println(Disk.describe(environment.clock(), benchmark.directory));
            for (String peer : available) {
                System.out.println(peer + ": " + Peers.named(peer).settings());
            }
            for (String peer : available) {
                row(table, peer, benchmark.kills(peer));
            }
        }
        System.out.println();
        System.out.println(table);
    }

    private List<Gaps.Outcome> kills(String peer) throws IOException {
        List<Gaps.Outcome> outcomes = new ArrayList<>();
        try (Cluster cluster = Cluster.start(environment, peer, directory)) {
            warm(cluster);
            for (int kill = 1; kill <= options.number("kills"); kill++) {
                Gaps.Outcome outcome = kill(cluster);
                outcomes.add(outcome);
                System.out.println(Results.format(
                        "%s, kill %d: gap %.0f ms, before it %.0f ms, %d done, %d failed, %d not sent%s",
                        peer,
                        kill,
                        outcome.atKillMillis(),
                        outcome.beforeMillis(),
                        outcome.done(),
                        outcome.failed(),
                        outcome.notSent(),
                        outcome.failed() == 0 ? "" : "; the last: " + outcome.lastError()));
            }
        } catch (IllegalStateException e) {
            System.out.println(peer + ": no more figures: " + e.getMessage());
        }
        return outcomes;
    }

    private void warm(Cluster cluster) {
        cluster.client().tell("connect " + cluster.awaitLeader() + " true");
        cluster.client().await("connected", ANSWER);
        cluster.client().tell("preload " + Keys.COUNT);
        cluster.client().await("loaded", ANSWER);
        int millis = 1_000 * options.number("warm-seconds");
        cluster.client().tell("load " + Workload.PUT.word() + " " + WARM_CLIENTS + " 1 " + millis);
        cluster.client().await("measured", Duration.ofMillis(millis).plusSeconds(30));
    }

    /** Kills the leader once; begins again if another node takes the lead before, since the client could be at home there. */
    private Gaps.Outcome kill(Cluster cluster) {
        for (int i = 0; i < MAX_TRIES; i++) {
            Optional<Gaps.Outcome> outcome = tryKill(cluster);
            if (outcome.isPresent()) {
                return outcome.get();
            }
            System.out.println("another node took the lead although nobody was killed");
        }
        throw new IllegalStateException("the lead changed " + MAX_TRIES + " times under the load alone");
    }

    private Optional<Gaps.Outcome> tryKill(Cluster cluster) {
        int leader = cluster.awaitLeader();
        cluster.client().tell("connect " + leader + " true");
        cluster.client().await("connected", ANSWER);
        cluster.client().tell("write " + options.number("rate"));
        cluster.pause(Duration.ofSeconds(1));
        cluster.client().tell("settled");
        cluster.pause(Duration.ofSeconds(options.number("settle-seconds")));
        if (cluster.awaitLeader() != leader) {
            cluster.client().tell("stop");
            cluster.client().await("outcome", ANSWER);
            return Optional.empty();
        }
        cluster.client().tell("killed"); // first, so that no write done by the dying leader counts as one after it
        cluster.kill(leader);
        cluster.pause(Duration.ofSeconds(options.number("after-seconds")));
        cluster.client().tell("stop");
        Gaps.Outcome outcome =
                Gaps.Outcome.parse(cluster.client().await("outcome", ANSWER).text());
        cluster.restart(leader);
        return Optional.of(outcome);
    }

    private static void row(TextTable table, String peer, List<Gaps.Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            table.row(peer, "0", "-", "-", "-", "-", "-", "no figure");
            return;
        }
        double median =
                Medians.of(outcomes.stream().map(Gaps.Outcome::atKillMillis).toList());
        double longest =
                longest(outcomes.stream().map(Gaps.Outcome::atKillMillis).toList());
        table.row(
                peer,
                Integer.toString(outcomes.size()),
                Results.format("%.0f", median),
                Results.format("%.0f", longest),
                Results.format(
                        "%.0f",
                        longest(outcomes.stream()
                                .map(Gaps.Outcome::beforeMillis)
                                .toList())),
                Results.format(
                        "%.0f",
                        Medians.of(outcomes.stream()
                                .map(outcome -> (double) outcome.failed())
                                .toList())),
                Results.format(
                        "%.0f",
                        Medians.of(outcomes.stream()
                                .map(outcome -> (double) outcome.notSent())
                                .toList())),
                median < MEDIAN_BAR_MILLIS && longest < LONGEST_BAR_MILLIS ? "met" : "MISSED");
    }

    private static double longest(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
