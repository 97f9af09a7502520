package io.holdfast.benchmarks.shards;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.NodeBuilder;
import io.holdfast.benchmarks.run.ChildJvm;
import io.holdfast.benchmarks.run.Directories;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Nodes that own entities, a JVM each, and the driver's own node, which owns none and calls all. For use by one thread. */
final class ShardCluster implements AutoCloseable {
    static final int SHARDS = 256;
    static final int FOUNDERS = 5;

    private static final List<String> NODES =
            IntStream.rangeClosed(0, FOUNDERS).mapToObj(i -> "n" + i).toList();
    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 10_000;

    private final Environment environment;
    private final Path directory;
    private final List<String> flags;
    private final List<String> ports;
    private final int groups;
    private final Map<String, Life> lives = new LinkedHashMap<>();
    private final List<ChildJvm> all = new ArrayList<>(); // one that never got ready has to end too
    private final HoldfastNode client;

    /** A node's present process. */
    record Life(ChildJvm jvm, URI admin) {}

    private ShardCluster(Environment environment, Path directory, List<String> flags, int groups) {
        this.environment = environment;
        this.directory = directory;
        this.flags = flags;
        this.groups = groups;
        this.ports = freePorts(NODES.size());
        NODES.subList(0, FOUNDERS).forEach(this::spawn);
        NODES.subList(0, FOUNDERS).forEach(this::awaitReady);
        this.client = node("driver", String.join(",", ports), groups)
                .dataDir(directory.resolve("driver"))
                .start();
        client.awaitReady(LIMIT);
        awaitSettled();
    }

    /** Founds a new cluster on an empty directory, and returns when all shards rest. */
    static ShardCluster start(Environment environment, Options options) {
        Path directory = Path.of(options.text("data")).toAbsolutePath();
        List<String> flags = Stream.of(options.text("node-flags").split(" +", -1))
                .filter(flag -> !flag.isEmpty())
                .toList();
        Directories.delete(directory);
        try {
            long begin = environment.clock().nanoTime();
            ShardCluster cluster =
                    new ShardCluster(environment, Files.createDirectories(directory), flags, options.number("groups"));
            System.out.println(Bars.text(
                    "all shards rest on %s after %.1f s",
                    cluster.running(), (environment.clock().nanoTime() - begin) / 1e9));
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException("directory " + directory + " of the nodes' data cannot be made", e);
        }
    }

    /** What all nodes have alike. */
    static NodeBuilder node(String name, String ports, int groups) {
        String[] seeds = Stream.of(ports.split(",", -1))
                .limit(FOUNDERS)
                .map(port -> "127.0.0.1:" + port)
                .toArray(String[]::new);
        return Holdfast.node(name)
                .seeds(seeds)
                .expect(FOUNDERS)
                .consensus(true)
                .sharding(true)
                .set("holdfast.consensus.groups", Integer.toString(groups));
    }

    /** Below the range of outgoing connections, so that a node finds its port free when it starts again. */
    private static List<String> freePorts(int count) {
        List<String> free = new ArrayList<>();
        for (int i = 0; free.size() < count && i < PORTS; i++) {
            int port = FIRST_PORT + (int) ((ProcessHandle.current().pid() * 101 + i) % PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                free.add(Integer.toString(socket.getLocalPort()));
            } catch (IOException taken) {
                continue;
            }
        }
        return free;
    }

    HoldfastNode client() {
        return client;
    }

    Life life(String node) {
        Life life = lives.get(node);
        if (life == null) {
            throw new IllegalStateException("node " + node + " does not run; those that do are " + lives.keySet());
        }
        return life;
    }

    /** Names of the nodes that run. */
    Set<String> running() {
        return new TreeSet<>(lives.keySet());
    }

    /** The one of all nodes that does not run. */
    String absent() {
        return NODES.stream()
                .filter(node -> !lives.containsKey(node))
                .findFirst()
                .orElseThrow();
    }

    /** Starts a node's process; {@link #awaitReady} waits for the rest. */
    void spawn(String node) {
        ChildJvm jvm = ChildJvm.start(
                environment,
                "shards-" + node + "-" + all.size(),
                ShardNodeMain.class,
                flags,
                List.of(
                        node,
                        Integer.toString(NODES.indexOf(node)),
                        String.join(",", ports),
                        directory.resolve(node).toString(),
                        Integer.toString(groups)));
        all.add(jvm);
        lives.put(node, new Life(jvm, URI.create("http://127.0.0.1")));
    }

    void awaitReady(String node) {
        ChildJvm jvm = life(node).jvm();
        lives.put(node, new Life(jvm, URI.create(jvm.await("ready", LIMIT).text())));
    }

    /** SIGKILL. */
    void kill(String node) {
        life(node).jvm().kill();
        lives.remove(node);
    }

    /** SIGTERM; returns when the process has ended. */
    void leave(String node) {
        ChildJvm jvm = life(node).jvm();
        jvm.terminate(LIMIT);
        lives.remove(node);
    }

    boolean leads(String node) {
        return ShardView.page(life(node).admin().resolve("/admin/consensus")).contains("\"role\":\"LEADER\"");
    }

    ShardView view() {
        return ShardView.of(client.admin());
    }

    /** Waits until all nodes that run own shards and nothing is to move. */
    ShardView awaitSettled() {
        return await("all shards rest on " + running(), view -> view.settled(running()));
    }

    ShardView await(String what, Predicate<ShardView> condition) {
        long end = environment.clock().nanoTime() + LIMIT.toNanos();
        while (true) {
            ShardView view = view();
            if (condition.test(view)) {
                return view;
            }
            if (environment.clock().nanoTime() > end) {
                throw new IllegalStateException("not so after " + LIMIT.toSeconds() + " s: " + what + "; owners are "
                        + view.owners().stream().collect(Collectors.groupingBy(owner -> owner, Collectors.counting()))
                        + ", to move are " + view.moving() + "; see target/logs/shards-*.log");
            }
            pass(POLL);
        }
    }

    void pass(Duration time) {
        CountDownLatch over = new CountDownLatch(1);
        environment.scheduler().schedule(time, over::countDown);
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        all.forEach(ChildJvm::kill); // the run is over: nobody has to hand anything over
        all.forEach(ChildJvm::close);
        client.abandon();
    }
}
