package io.holdfast.examples.kv;

import io.holdfast.testkit.cluster.ProcessCluster;
import io.holdfast.testkit.cluster.ProcessNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Nodes {@code n0}, {@code n1} and so on in JVMs of their own, with links that can be cut and, where the machine allows it, disks and wall clocks of their own. For use by one thread. */
final class KvCluster implements AutoCloseable {
    /** The machine may be busy with other things. */
    static final Duration LIMIT = Duration.ofSeconds(120);

    /** What a node prints when a fault has met it and it has done something about it. */
    private static final List<String> SIGNS = List.of(
            "is set aside", "the last write was torn", "read-only and not ready", "hands the lead over", "ERROR");

    private static final Duration ASKING = Duration.ofSeconds(2);
    private static final Pattern LEADER = Pattern.compile("\"leader\":\"n(\\d+)\",\"term\":(\\d+)");
    private static final Pattern PEER = Pattern.compile("\"peer\":(\"[^\"]+\")");
    private static final Pattern VOTERS = Pattern.compile("\"voters\":\\[([^\\]]*)\\]");

    /** What the nodes stand on. */
    enum Ground {
        /** Directories, and the machine's clock. */
        PLAIN,
        /** Each node has a disk and a wall clock that can have faults, if that is possible here. */
        OWN
    }

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path folder;
    private final ProcessCluster processes;
    private final List<ProcessNode> nodes = new ArrayList<>();
    private final List<LoopDisk> disks = new ArrayList<>();
    private final List<URI> fronts = new ArrayList<>();
    private final WallClocks clocks;

    private KvCluster(Path folder) {
        this.folder = folder;
        processes = ProcessCluster.in(folder);
        clocks = new WallClocks(folder);
    }

    static KvCluster start(Path folder, int size, Ground ground, String... jvmOptions) {
        KvCluster cluster = new KvCluster(folder);
        try {
            boolean disks = ground == Ground.OWN && LoopDisk.isPossible();
            int seed = cluster.processes.freePort();
            for (int i = 0; i < size; i++) {
                if (disks) {
                    cluster.disks.add(
                            LoopDisk.mount(folder.resolve("disk-" + i + ".image"), folder.resolve("disk-" + i)));
                }
                cluster.add(i, i == 0 ? seed : cluster.processes.freePort(), seed, size, ground, jvmOptions);
            }
            cluster.nodes.forEach(node -> node.awaitReady(LIMIT));
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private void add(int index, int port, int seed, int size, Ground ground, String... jvmOptions) {
        int admin = processes.freePort();
        int front = processes.freePort();
        fronts.add(URI.create("http://127.0.0.1:" + front));
        List<String> arguments = new ArrayList<>(List.of(
                "--id=n" + index,
                "--bind=127.0.0.1:" + port,
                "--http=127.0.0.1:" + front,
                "--seeds=127.0.0.1:" + seed,
                "--expect=" + size,
                "--data=" + data(index)));
        settings(size, admin).forEach((key, value) -> arguments.add("--set=" + key + "=" + value));
        ProcessNode.Description node = processes
                .node("n" + index, KvNode.class)
                .arguments(arguments.toArray(String[]::new))
                .jvmOptions(jvmOptions)
                .admin(URI.create("http://127.0.0.1:" + admin));
        if (ground == Ground.OWN) {
            clocks.environment("n" + index).forEach(node::environment);
        }
        nodes.add(node.start());
    }

    /** Segments and snapshots are small, so that a short run has many of them. */
    private static Map<String, String> settings(int size, int admin) {
        return Map.of(
                "holdfast.consensus.voters", Integer.toString(size),
                "holdfast.consensus.raft.min-free-space", "4MiB",
                "holdfast.consensus.raft.segment-size", "1MiB",
                "holdfast.consensus.raft.snapshot-entries", "3000",
                "holdfast.consensus.raft.log-margin", "2000",
                "holdfast.transport.fault-injection", "true",
                "holdfast.admin.port", Integer.toString(admin));
    }

    /** Nodes of another program, which takes settings as its arguments and serves no requests. */
    static KvCluster start(Path folder, int size, Class<?> program, Map<String, String> more, String... jvmOptions) {
        KvCluster cluster = new KvCluster(folder);
        int seed = cluster.processes.freePort();
        for (int i = 0; i < size; i++) {
            int admin = cluster.processes.freePort();
            Map<String, String> settings = new LinkedHashMap<>(settings(size, admin));
            settings.put("holdfast.node.id", "n" + i);
            settings.put("holdfast.node.bind", "127.0.0.1:" + (i == 0 ? seed : cluster.processes.freePort()));
            settings.put("holdfast.node.seeds", "127.0.0.1:" + seed);
            settings.put("holdfast.node.expect", Integer.toString(size));
            settings.put("holdfast.node.data-dir", cluster.data(i).toString());
            settings.put("holdfast.consensus.enabled", "true");
            settings.putAll(more);
            cluster.nodes.add(cluster.processes
                    .node("n" + i, program)
                    .arguments(settings.entrySet().stream()
                            .map(setting -> setting.getKey() + "=" + setting.getValue())
                            .toArray(String[]::new))
                    .jvmOptions(jvmOptions)
                    .admin(URI.create("http://127.0.0.1:" + admin))
                    .start());
        }
        cluster.nodes.forEach(node -> node.awaitReady(LIMIT));
        return cluster;
    }

    /** Where a node keeps everything. */
    Path data(int index) {
        return folder.resolve("disk-" + index).resolve("data");
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

    List<ProcessNode> nodes() {
        return nodes;
    }

    int index(ProcessNode node) {
        return nodes.indexOf(node);
    }

    LoopDisk disk(ProcessNode node) {
        return disks.get(index(node));
    }

    WallClocks clocks() {
        return clocks;
    }

    /** Who leads by the highest term that a node that answers knows of; empty if none knows. */
    OptionalInt leader() {
        OptionalInt leader = OptionalInt.empty();
        long highest = -1;
        for (ProcessNode node : nodes) {
            Matcher found = LEADER.matcher(page(node));
            if (found.find() && Long.parseLong(found.group(2)) > highest) {
                highest = Long.parseLong(found.group(2));
                leader = OptionalInt.of(Integer.parseInt(found.group(1)));
            }
        }
        return leader;
    }

    /** Whether a node's replica is among the voters, as it sees them itself. */
    boolean votes(ProcessNode node) {
        String page = page(node);
        Matcher peer = PEER.matcher(page);
        Matcher voters = VOTERS.matcher(page);
        return peer.find() && voters.find() && voters.group(1).contains(peer.group(1));
    }

    /** Lets nothing arrive at a node any more that another one sends. */
    void cut(ProcessNode from, ProcessNode to) {
        require("PUT", to, "/admin/links/" + from.name() + "?cut=true");
    }

    void cutBoth(ProcessNode one, ProcessNode other) {
        cut(one, other);
        cut(other, one);
    }

    /** Lets all that a node sends to another one arrive later. */
    void delay(ProcessNode from, ProcessNode to, Duration delay) {
        require("PUT", to, "/admin/links/" + from.name() + "?delay=" + delay.toMillis() + "ms");
    }

    void healLinks() {
        nodes.forEach(node -> require("DELETE", node, "/admin/links"));
    }

    private void require(String method, ProcessNode node, String path) {
        HttpRequest request = HttpRequest.newBuilder(node.admin().resolve(path))
                .timeout(LIMIT)
                .method(method, BodyPublishers.noBody())
                .build();
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(path + " of " + node.name() + ": " + answer.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + " of " + node.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Deletes everything that a node that does not run has kept. */
    void loseDisk(ProcessNode node) {
        try (Stream<Path> all = Files.walk(data(index(node)))) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often nodes said that a fault has met them. */
    Map<String, Long> signs() {
        Map<String, Long> signs = new LinkedHashMap<>();
        for (ProcessNode node : nodes) {
            List<String> output = node.output();
            for (String sign : SIGNS) {
                signs.merge(
                        sign,
                        output.stream().filter(line -> line.contains(sign)).count(),
                        Long::sum);
            }
        }
        return signs;
    }

    /** What each node says of its group. */
    List<String> pages() {
        return nodes.stream().map(node -> node.name() + ": " + page(node)).toList();
    }

    private String page(ProcessNode node) {
        HttpRequest request = HttpRequest.newBuilder(node.admin().resolve("/admin/consensus"))
                .timeout(ASKING)
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
                Shell.succeeds("kill", "-QUIT", Long.toString(node.pid()));
            }
        }
    }

    @Override
    public void close() {
        try {
            processes.close();
        } finally {
            disks.forEach(LoopDisk::close);
        }
    }
}
