package io.holdfast.examples.kv;

import io.holdfast.testkit.cluster.ProcessCluster;
import io.holdfast.testkit.cluster.ProcessNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Nodes {@code n0}, {@code n1} and so on in JVMs of their own. For use by one thread. */
final class KvCluster implements AutoCloseable {
    /** The machine may be busy with other things. */
    static final Duration LIMIT = Duration.ofSeconds(120);

    private static final Pattern LEADER = Pattern.compile("\"leader\":\"n(\\d+)\"");

    private static final Pattern PEER = Pattern.compile("\"peer\":(\"[^\"]+\")");
    private static final Pattern VOTERS = Pattern.compile("\"voters\":\\[([^\\]]*)\\]");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path folder;
    private final ProcessCluster processes;
    private final List<ProcessNode> nodes = new ArrayList<>();
    private final List<URI> fronts = new ArrayList<>();

    private KvCluster(Path folder) {
        this.folder = folder;
        processes = ProcessCluster.in(folder);
    }

    static KvCluster start(Path folder, int size, String... jvmOptions) {
        KvCluster cluster = new KvCluster(folder);
        int seed = cluster.processes.freePort();
        for (int i = 0; i < size; i++) {
            cluster.add(i, i == 0 ? seed : cluster.processes.freePort(), seed, size, jvmOptions);
        }
        cluster.nodes.forEach(node -> node.awaitReady(LIMIT));
        return cluster;
    }

    private void add(int index, int port, int seed, int size, String... jvmOptions) {
        int admin = processes.freePort();
        int front = processes.freePort();
        fronts.add(URI.create("http://127.0.0.1:" + front));
        nodes.add(processes
                .node("n" + index, KvNode.class)
                .arguments(
                        "--id=n" + index,
                        "--bind=127.0.0.1:" + port,
                        "--http=127.0.0.1:" + front,
                        "--seeds=127.0.0.1:" + seed,
                        "--expect=" + size,
                        "--data=data-" + index,
                        "--set=holdfast.consensus.voters=" + size,
                        "--set=holdfast.admin.port=" + admin)
                .jvmOptions(jvmOptions)
                .admin(URI.create("http://127.0.0.1:" + admin))
                .start());
    }

    KvClient client() {
        return new KvClient(List.copyOf(fronts));
    }

    int size() {
        return nodes.size();
    }

    ProcessNode node(int index) {
        return nodes.get(index);
    }

    /** Who leads as far as the first node knows that answers; empty if none knows. */
    OptionalInt leader() {
        for (ProcessNode node : nodes) {
            Matcher found = LEADER.matcher(page(node));
            if (found.find()) {
                return OptionalInt.of(Integer.parseInt(found.group(1)));
            }
        }
        return OptionalInt.empty();
    }

    /** Whether a node's replica is among the voters, as it sees them itself. */
    boolean votes(ProcessNode node) {
        String page = page(node);
        Matcher peer = PEER.matcher(page);
        Matcher voters = VOTERS.matcher(page);
        return peer.find() && voters.find() && voters.group(1).contains(peer.group(1));
    }

    /** Deletes everything that a node that does not run has kept. */
    void loseDisk(ProcessNode node) {
        Path data = folder.resolve("data-" + node.name().substring(1));
        try (Stream<Path> all = Files.walk(data)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What each node says of its group. */
    List<String> pages() {
        return nodes.stream().map(node -> node.name() + ": " + page(node)).toList();
    }

    private String page(ProcessNode node) {
        HttpRequest request = HttpRequest.newBuilder(node.admin().resolve("/admin/consensus"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "no answer: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /** Puts a thread dump into the output of each node that runs (SIGQUIT). */
    void dumpThreads() {
        for (ProcessNode node : nodes) {
            if (node.isAlive()) {
                quit(node);
            }
        }
    }

    private static void quit(ProcessNode node) {
        try {
            new ProcessBuilder("kill", "-QUIT", Long.toString(node.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        processes.close();
    }
}
