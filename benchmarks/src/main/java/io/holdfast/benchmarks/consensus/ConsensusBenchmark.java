package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The driver: in each round every peer has a turn with a new cluster of its own (nobody else runs meanwhile, since even an idle cluster costs CPU), is loaded until it is warm, and then goes through all cells;
 * the order rotates; the table has medians over the rounds.
 */
final class ConsensusBenchmark {
    private static final int WARM_CLIENTS = 64;
    /** Seconds of load between two looks at the CPU time: three in a row that bring nothing end the warming. */
    private static final int WARM_TURN = 8;

    private static final Duration ANSWER = Duration.ofSeconds(100);

    private final Environment environment;
    private final Options options;
    private final Path directory;
    private final List<Workload> workloads;
    private final List<Integer> clients;
    private final Results results = new Results();

    private ConsensusBenchmark(Environment environment, Options options) {
        this.environment = environment;
        this.options = options;
        this.directory = Path.of(options.text("data"));
        this.workloads = options.words("workload", Workload.words()).stream()
                .map(Workload::of)
                .toList();
        this.clients = options.numbers("clients");
    }

    /** See {@code benchmarks/run-consensus --help} and {@code benchmarks/run-quorum --help}. */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(
                "run-consensus",
                arguments,
                new Option(
                        "peers",
                        String.join(",", Peers.LOGS),
                        "what is measured, out of " + String.join(",", Peers.names())),
                new Option(
                        "workload",
                        "put,mix",
                        "some of put (writes), mix (90 linearizable reads of 100) and get (reads)"),
                new Option("clients", "1,16,64,256", "operations open at once"),
                new Option("seconds", "5", "measured seconds of a cell in a round"),
                new Option("warm-seconds", "2", "seconds of load right before them"),
                new Option("warm-limit", "180", "seconds of load, at most, before a peer's first figure in a round"),
                new Option("rounds", "3", "turns of each peer in each cell"),
                new Option("data", "target/consensus-data", "directory of the nodes' logs; use a real disk"));
        List<String> peers = options.words("peers", Peers.names());
        try (Environment environment = Environment.system()) {
            ConsensusBenchmark benchmark = new ConsensusBenchmark(environment, options);
            int rounds = options.number("rounds");
            List<String> available = Peers.available(peers);
            benchmark.describe(available);
            for (int round = 0; round < rounds; round++) {
                List<String> order = new ArrayList<>(available);
                Collections.rotate(order, round);
                for (String peer : order) {
                    benchmark.turn(round, peer);
                }
            }
            System.out.println();
            System.out.println(benchmark.results.table());
            System.out.println(new Bars(benchmark.results).verdicts());
        }
    }

    private void describe(List<String> peers) throws IOException {
        System.out.println(Disk.describe(environment.clock(), directory));
        System.out.printf(
                "keys: %d of %d bytes, values of %d; servers %s, client %s%n",
                Keys.COUNT,
                Keys.KEY_BYTES,
                Keys.VALUE_BYTES,
                String.join(" ", Cluster.SERVER_FLAGS),
                String.join(" ", Cluster.CLIENT_FLAGS));
        for (String peer : peers) {
            System.out.println(peer + ": " + Peers.named(peer).settings());
        }
    }

    private void turn(int round, String peer) throws IOException {
        try (Cluster cluster = Cluster.start(environment, peer, directory)) {
            cluster.client().tell("connect " + cluster.awaitLeader() + " false");
            cluster.client().await("connected", ANSWER);
            cluster.client().tell("preload " + Keys.COUNT);
            cluster.client().await("loaded", ANSWER);
            long term = cluster.term();
            warm(cluster, peer);
            for (Workload workload : workloads) {
                for (int count : clients) {
                    cell(cluster, round, new Results.Key(workload, count, peer));
                }
            }
            if (term > 0) {
                System.out.printf("round %d, %s: term %d before, %d after%n", round + 1, peer, term, cluster.term());
            }
        } catch (IllegalStateException e) {
            System.out.printf("round %d, %s: no more figures: %s%n", round + 1, peer, e.getMessage());
        }
    }

    /** Loads a peer until its CPU time for an operation no longer falls (its code is compiled) or the limit passes: a heavy stack needs many times longer than a light one. */
    private void warm(Cluster cluster, String peer) {
        int limit = options.number("warm-limit");
        double best = Double.MAX_VALUE;
        int flat = 0;
        int seconds = 0;
        for (; seconds < limit && flat < 3; seconds += WARM_TURN) {
            double cpu = 0;
            for (Workload workload : workloads) {
                cpu += load(cluster, workload, WARM_CLIENTS, 1, 1_000 * WARM_TURN / workloads.size())
                        .cpuMicros();
            }
            cpu /= workloads.size();
            flat = cpu < 0.97 * best ? 0 : flat + 1;
            best = Math.min(best, cpu);
        }
        System.out.println(Results.format("warm: %s, after %d s at %.1f us/op", peer, seconds, best));
    }

    private void cell(Cluster cluster, int round, Results.Key key) {
        Results.Turn turn = load(
                cluster,
                key.workload(),
                key.clients(),
                1_000 * options.number("warm-seconds"),
                1_000 * options.number("seconds"));
        results.add(key, turn);
        Measurement seen = turn.seen();
        System.out.println(Results.format(
                "round %d, %s, %d clients, %s: %,.0f ops/s, p50 %.2f ms, p99 %.2f ms, CPU %.1f us/op%s",
                round + 1,
                key.workload().word(),
                key.clients(),
                key.peer(),
                seen.perSecond(),
                seen.p50Millis(),
                seen.p99Millis(),
                turn.cpuMicros(),
                seen.errors() == 0 ? "" : ", " + seen.errors() + " errors: " + seen.lastError()));
    }

    private Results.Turn load(Cluster cluster, Workload workload, int count, int warmMillis, int millis) {
        cluster.client().tell("load " + workload.word() + " " + count + " " + warmMillis + " " + millis);
        Duration limit = Duration.ofMillis(warmMillis + millis).plusSeconds(30);
        cluster.client().await("begin", limit);
        long cpu = cluster.cpuNanos();
        cluster.client().await("end", limit);
        cpu = cluster.cpuNanos() - cpu;
        Measurement seen =
                Measurement.parse(cluster.client().await("measured", limit).text());
        return new Results.Turn(
                seen, cpu / 1e3 / Math.max(seen.count(), 1), cluster.serverMebibytes(), cluster.clientMebibytes());
    }
}
