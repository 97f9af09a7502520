package io.holdfast.benchmarks.rpc;

import io.holdfast.benchmarks.run.ChildJvm;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.core.env.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The driver: two JVMs for each peer (server and client), all started before the first figure and idle when it is not their turn; rounds in which every peer has a turn in each cell, the order rotating, so
 * that noise of the machine hits all; medians over the rounds, and the bars.
 */
final class RpcBenchmark {
    private static final List<String> FLAGS = List.of("-Xms256m", "-Xmx256m");
    private static final Duration START = Duration.ofSeconds(60);

    private final Environment environment;
    private final Map<String, ChildJvm> clients = new LinkedHashMap<>();
    private final List<ChildJvm> children = new ArrayList<>();
    private final Results results = new Results();

    private RpcBenchmark(Environment environment) {
        this.environment = environment;
    }

    /** See {@code benchmarks/run-rpc --help}. */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(
                "run-rpc",
                arguments,
                new Option("seconds", "3", "measured seconds of a cell in a round"),
                new Option("warm-seconds", "1", "seconds of load right before them"),
                new Option("warm-limit", "30", "seconds of load, at most, before a peer's first figure"),
                new Option("rounds", "3", "turns of each peer in each cell"),
                new Option("in-flight", "1,32,256", "calls in flight on the one connection"),
                new Option("wires", "plain,tls", "plain, tls or both"),
                new Option("peers", String.join(",", Peers.names()), "what is measured"));
        List<Boolean> wires = options.words("wires", List.of("plain", "tls")).stream()
                .map("tls"::equals)
                .toList();
        List<String> peers = options.words("peers", Peers.names());
        List<Integer> loads = options.numbers("in-flight");
        try (Environment environment = Environment.system()) {
            RpcBenchmark benchmark = new RpcBenchmark(environment);
            try {
                benchmark.startAll(peers);
                benchmark.warm(peers, wires, options.number("warm-limit"));
                for (int round = 0; round < options.number("rounds"); round++) {
                    benchmark.round(round, peers, wires, loads, options);
                }
            } finally {
                benchmark.children.forEach(ChildJvm::kill);
                benchmark.children.forEach(ChildJvm::close);
            }
            System.out.println();
            System.out.println(benchmark.results.table());
            System.out.println(new Bars(benchmark.results).verdicts(wires, loads));
        }
    }

    private void startAll(List<String> peers) throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "rpc-tls"));
        Files.deleteIfExists(directory.resolve("store.p12"));
        TlsFiles.create(directory);
        System.out.printf("record: %d bytes as protobuf%n", Login.bytes().length);
        for (String peer : peers) {
            ChildJvm server = child(peer + "-server", EchoServerMain.class, List.of(peer, directory.toString()));
            String[] ports = server.await("ready", START).text().split(" ", -1);
            ChildJvm client = child(
                    peer + "-client",
                    EchoClientMain.class,
                    List.of(peer, directory.toString(), Long.toString(server.pid()), ports[0], ports[1]));
            client.await("ready", START);
            clients.put(peer, client);
        }
    }

    private ChildJvm child(String name, Class<?> main, List<String> arguments) {
        ChildJvm child = ChildJvm.start(environment, "rpc-" + name, main, FLAGS, arguments);
        children.add(child);
        return child;
    }

    /** Loads each peer until its CPU time for a call no longer falls (its code is compiled) or the limit passes: a heavy stack needs many times longer than a light one. */
    private void warm(List<String> peers, List<Boolean> wires, int limitSeconds) {
        for (String peer : peers) {
            for (boolean tls : wires) {
                double best = Double.MAX_VALUE;
                int flat = 0;
                int seconds = 0;
                while (seconds < limitSeconds && flat < 5) {
                    double cpu = measure(peer, new Cell(tls, 64, 0, 1_000)).cpuMicros();
                    flat = cpu < 0.95 * best ? 0 : flat + 1;
                    best = Math.min(best, cpu);
                    seconds++;
                }
                System.out.println(Results.format(
                        "warm: %s, %s, after %d s at %.2f us/call", peer, Results.wire(tls), seconds, best));
            }
        }
    }

    private void round(int round, List<String> peers, List<Boolean> wires, List<Integer> loads, Options options) {
        List<String> order = new ArrayList<>(peers);
        Collections.rotate(order, round);
        for (boolean tls : wires) {
            for (int load : loads) {
                for (String peer : order) {
                    Cell cell = new Cell(
                            tls, load, 1_000 * options.number("warm-seconds"), 1_000 * options.number("seconds"));
                    Measurement measured = measure(peer, cell);
                    results.add(new Results.Key(tls, load, peer), measured);
                    System.out.println(Results.format(
                            "round %d, %s, %d in flight, %s: %,.0f calls/s, p50 %.1f us, CPU %.2f us/call%s",
                            round + 1,
                            Results.wire(tls),
                            load,
                            peer,
                            measured.callsPerSecond(),
                            measured.p50Micros(),
                            measured.cpuMicros(),
                            measured.errors() == 0
                                    ? ""
                                    : ", " + measured.errors() + " errors: " + measured.lastError()));
                }
            }
        }
    }

    private Measurement measure(String peer, Cell cell) {
        ChildJvm client = clients.get(peer);
        if (client == null) {
            throw new IllegalStateException("peer (" + peer + ") was not started");
        }
        client.tell(cell.line());
        Duration limit = Duration.ofMillis(cell.warmMillis() + cell.millis()).plusSeconds(30);
        return Measurement.parse(client.await("measured", limit).text());
    }
}
