package io.holdfast.benchmarks.shards;

import io.holdfast.HoldfastNode;
import io.holdfast.benchmarks.run.ChildJvm;
import io.holdfast.benchmarks.run.Directories;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Nodes that own entities, a JVM each, and the driver's own node, which owns none and calls all. For use by one thread. */
final class ShardCluster implements AutoCloseable {
    static final int SHARDS = 256;

    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 10_000;

    private final Environment environment;
    private final ClusterPlan plan;
    private final List<String> ports;
    private final Map<String, Life> lives = new LinkedHashMap<>();
    private final List<ChildJvm> all = new ArrayList<>(); // one that never got ready has to end too
    private final HoldfastNode client;

    /** A node's present process. */
    record Life(ChildJvm jvm, URI admin) {}

    private ShardCluster(Environment environment, ClusterPlan plan) {
        this.environment = environment;
        this.plan = plan;
        this.ports = freePorts(plan.names().size());
        plan.founders().forEach(this::spawn);
        plan.founders().forEach(this::awaitReady);
        this.client = plan.node("driver", ports)
                .dataDir(plan.directory().resolve("driver"))
                .start();
        client.awaitReady(LIMIT);
        awaitSettled();
    }

    /** Founds a new cluster on an empty directory, and returns when all shards rest. */
    static ShardCluster start(Environment environment, ClusterPlan plan) {
        Directories.delete(plan.directory());
        try {
            Files.createDirectories(plan.directory());
        } catch (IOException e) {
            throw new UncheckedIOException("directory " + plan.directory() + " of the nodes' data cannot be made", e);
        }
        long begin = environment.clock().nanoTime();
        ShardCluster cluster = new ShardCluster(environment, plan);
        System.out.println(Bars.text(
                "all shards rest on %s after %.1f s",
                cluster.running(), (environment.clock().nanoTime() - begin) / 1e9));
        return cluster;
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

    /** The first of all nodes that does not run. */
    String absent() {
        return plan.names().stream()
                .filter(node -> !lives.containsKey(node))
                .findFirst()
                .orElseThrow();
    }

    /** Those that found the cluster. */
    List<String> founders() {
        return plan.founders();
    }

    /** Starts a node's process; {@link #awaitReady} waits for the rest. */
    void spawn(String node) {
        int place = plan.names().indexOf(node);
        List<String> arguments = new ArrayList<>(plan.arguments());
        arguments.addAll(List.of(
                node,
                Integer.toString(place),
                String.join(",", ports),
                plan.directory().resolve(node).toString()));
        ChildJvm jvm = ChildJvm.start(
                environment, "shards-" + node + "-" + all.size(), ShardNodeMain.class, plan.flags(), arguments);
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

    /** Who leads the group in which the shard map lies; waits until somebody does. */
    String leader() {
        long end = environment.clock().nanoTime() + LIMIT.toNanos();
        while (environment.clock().nanoTime() < end) {
            for (Map.Entry<String, Life> each : lives.entrySet()) {
                if (seat(each.getValue()).leads()) {
                    return each.getKey();
                }
            }
            pass(POLL);
        }
        throw new IllegalStateException("nobody has led the group for " + LIMIT.toSeconds() + " s");
    }

    /** Those that vote on the shard map. */
    Set<String> voters() {
        return lives.entrySet().stream()
                .filter(each -> seat(each.getValue()).votes())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static MetaSeat seat(Life life) {
        return MetaSeat.of(ShardView.page(life.admin().resolve("/admin/consensus")));
    }

    /** CPU time that the nodes that run and the driver have used, in steps of 10 ms. */
    Duration cpu() {
        return lives.values().stream()
                .map(life -> life.jvm().cpu())
                .reduce(ProcessHandle.current().info().totalCpuDuration().orElseThrow(), Duration::plus);
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
        Pauses.pass(environment, time);
    }

    @Override
    public void close() {
        all.forEach(ChildJvm::kill); // the run is over: nobody has to hand anything over
        all.forEach(ChildJvm::close);
        client.abandon();
    }
}
