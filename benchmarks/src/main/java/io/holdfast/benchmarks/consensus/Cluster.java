package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.ChildJvm;
import io.holdfast.benchmarks.run.Directories;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Three nodes of one peer in a JVM each and the client in a fourth, as the driver sees them. For use by one thread. */
final class Cluster implements AutoCloseable {
    static final int NODES = 3;
    static final List<String> SERVER_FLAGS = List.of("-Xms1g", "-Xmx1g", "-XX:MaxDirectMemorySize=1g");
    static final List<String> CLIENT_FLAGS = List.of("-Xms512m", "-Xmx512m");

    /** On two cores CompletableFuture's own executor starts a thread for each stage, which some peers walk into; this spares them. */
    private static final String POOL = "-Djava.util.concurrent.ForkJoinPool.common.parallelism=4";

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LEADER_LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Environment environment;
    private final String peer;
    private final Path directory;
    private final List<String> serverFlags;
    private final List<NodePorts> ports;
    private final List<Node> nodes = new ArrayList<>();
    private final List<ChildJvm> servers =
            new ArrayList<>(); // all ever started: one that never got ready has to end too
    private final ChildJvm client;

    private record Node(ChildJvm jvm, ProcessHandle process) {}

    private Cluster(Environment environment, String peer, Path directory, List<String> moreFlags) throws IOException {
        List<String> own = Peers.named(peer).flags();
        this.serverFlags = Stream.of(SERVER_FLAGS, List.of(POOL), own, moreFlags)
                .flatMap(List::stream)
                .toList();
        this.environment = environment;
        this.peer = peer;
        this.directory = directory;
        this.ports = NodePorts.free(NODES);
        this.client = ChildJvm.start(
                environment,
                "consensus-" + peer + "-client",
                ClientMain.class,
                Stream.of(
                                CLIENT_FLAGS,
                                own,
                                List.of(
                                        POOL,
                                        "-Djava.io.tmpdir="
                                                + Files.createDirectories(directory))) // a killed one leaves files
                        .flatMap(List::stream)
                        .toList(),
                List.of(peer, NodePorts.format(ports)));
    }

    /** Starts all four on an empty directory below the given one, and waits for a leader. */
    static Cluster start(Environment environment, String peer, Path parent, String... serverFlags) throws IOException {
        Path directory = parent.resolve(peer).toAbsolutePath();
        Directories.delete(directory);
        Cluster cluster = new Cluster(environment, peer, directory, List.of(serverFlags));
        try {
            List<ChildJvm> started = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                started.add(cluster.spawn(i));
            }
            for (ChildJvm jvm : started) {
                cluster.nodes.add(ready(jvm));
            }
            cluster.client.await("ready", START);
            cluster.awaitLeader();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private ChildJvm spawn(int index) {
        ChildJvm jvm = ChildJvm.start(
                environment,
                "consensus-" + peer + "-node" + index + "-" + servers.size(),
                NodeMain.class,
                serverFlags,
                List.of(
                        peer,
                        Integer.toString(index),
                        NodePorts.format(ports),
                        directory.resolve("node" + index).toString()));
        servers.add(jvm);
        return jvm;
    }

    private static Node ready(ChildJvm jvm) {
        long pid = Long.parseLong(jvm.await("ready", START).text());
        return new Node(jvm, ProcessHandle.of(pid).orElseThrow());
    }

    ChildJvm client() {
        return client;
    }

    /** Waits until one node leads and the others follow; its index. */
    int awaitLeader() {
        long limit = environment.clock().nanoTime() + LEADER_LIMIT.toNanos();
        while (environment.clock().nanoTime() < limit) {
            OptionalInt leader = leader();
            if (leader.isPresent()) {
                return leader.getAsInt();
            }
            pause(POLL);
        }
        throw new IllegalStateException(
                "no leader with " + (NODES - 1) + " followers within " + LEADER_LIMIT.toSeconds() + " s");
    }

    /** Where the nodes keep what they keep. */
    Path directory() {
        return directory;
    }

    /** Kills all nodes with SIGKILL and starts them again on what they left; then there is a leader and two follow it. */
    void restartAll() {
        for (int i = 0; i < NODES; i++) {
            kill(i);
        }
        List<ChildJvm> started = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            await(nodes.get(i).process());
            nodes.get(i).jvm().close();
            started.add(spawn(i));
        }
        for (int i = 0; i < NODES; i++) {
            nodes.set(i, ready(started.get(i)));
        }
        awaitLeader();
    }

    /** The largest heap in use of a node after a collection, in MiB. */
    long heapMebibytes() {
        return largest("heap");
    }

    /** Lets a node write a backup, and waits for it; its size in bytes. */
    long backup(int index, Duration limit) {
        ChildJvm jvm = nodes.get(index).jvm();
        jvm.tell("backup");
        return Long.parseLong(jvm.await("backup", limit).text());
    }

    /** The largest term that a node knows; 0 if the peer does not tell. */
    long term() {
        return largest("term");
    }

    private long largest(String word) {
        long largest = 0;
        for (Node node : nodes) {
            node.jvm().tell(word);
            largest = Math.max(
                    largest, Long.parseLong(node.jvm().await(word, START).text()));
        }
        return largest;
    }

    private OptionalInt leader() {
        int leader = -1;
        for (int i = 0; i < NODES; i++) {
            Node node = nodes.get(i);
            node.jvm().tell("role");
            String role = node.jvm().await("role", START).text();
            if (role.equals("alone") || role.equals("leader") && leader >= 0) {
                return OptionalInt.empty();
            }
            leader = role.equals("leader") ? i : leader;
        }
        return leader < 0 ? OptionalInt.empty() : OptionalInt.of(leader);
    }

    /** Kills a node with SIGKILL. */
    void kill(int index) {
        Node node = nodes.get(index);
        node.process().destroyForcibly();
        node.jvm().kill();
    }

    /** Starts a killed node again on what it left on its disk. */
    void restart(int index) {
        Node killed = nodes.get(index);
        await(killed.process());
        killed.jvm().close();
        nodes.set(index, ready(spawn(index)));
    }

    private static void await(ProcessHandle process) {
        try {
            process.onExit().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for process " + process.pid(), e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("process " + process.pid() + " was killed and is still there", e);
        }
    }

    /** CPU time that servers and client have used so far, in steps of 10 ms. */
    long cpuNanos() {
        long sum = cpuNanos(ProcessHandle.of(client.pid()).orElseThrow());
        for (Node node : nodes) {
            sum += cpuNanos(node.process());
        }
        return sum;
    }

    private static long cpuNanos(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** Resident memory of the largest server now, in MiB. */
    long serverMebibytes() {
        return nodes.stream()
                .mapToLong(node -> mebibytes(node.process().pid()))
                .max()
                .orElseThrow();
    }

    /** Resident memory of the client now, in MiB. */
    long clientMebibytes() {
        return mebibytes(client.pid());
    }

    private static long mebibytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void pause(Duration duration) {
        CountDownLatch over = new CountDownLatch(1);
        environment.scheduler().schedule(duration, over::countDown);
        try {
            over.await(duration.toSeconds() + 10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during a pause", e);
        }
    }

    @Override
    public void close() {
        client.kill();
        client.close();
        for (Node node : nodes) {
            node.process().destroyForcibly();
            await(node.process());
        }
        servers.forEach(ChildJvm::kill);
        servers.forEach(ChildJvm::close);
        Directories.delete(directory);
    }
}
