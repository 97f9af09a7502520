package io.holdfast.examples.streaming.demo;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.MonotonicClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The nodes of a run: starts, stops and kills them and knows when they serve. For use by many threads. */
final class Fleet {
    /** What each node offers to the others. */
    static final List<String> SERVICES = List.of("auth", "catalog", "playback", "recommendation");

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(50);
    /** To look at a node costs it and the others some ten requests: they are under load. */
    private static final Duration POLL_UNDER_LOAD = Duration.ofMillis(250);

    private final Path directory;
    private final List<NodePorts> ports;
    private final FleetPlan plan;
    private final ClusterProbe probe;
    private final MonotonicClock clock;
    private final List<NodeProcess> processes = new ArrayList<>();
    private boolean closed;

    /** Writes each node's configuration; starts nothing yet. */
    Fleet(
            Path directory,
            List<NodePorts> ports,
            FleetSecrets secrets,
            FleetPlan plan,
            ClusterProbe probe,
            MonotonicClock clock) {
        this.directory = directory;
        this.ports = ports;
        this.plan = plan;
        this.probe = probe;
        this.clock = clock;
        for (int node = 0; node < ports.size(); node++) {
            write(config(node), new NodeYaml(directory, ports, secrets, plan).of(node) + objectives());
        }
    }

    /** What is wanted of the services, for /admin/slo and for whoever looks at the metrics. */
    private static String objectives() {
        try (InputStream in = Objects.requireNonNull(Fleet.class.getResourceAsStream("slo.yaml"), "slo.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("slo.yaml cannot be read from the program", e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("the demo cannot write " + file + "; is the disk full?", e);
        }
    }

    private Path config(int node) {
        return directory.resolve(name(node) + ".yaml");
    }

    String name(int node) {
        return NodeYaml.name(node);
    }

    /** Gets a service of a node into trouble, or out of it with an empty text; the node sees it within a tenth of a second. */
    void trouble(int node, String yaml) {
        Path file = NodeYaml.trouble(directory, node);
        Path next = file.resolveSibling(file.getFileName() + ".next");
        write(next, yaml);
        try {
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the demo cannot write " + file, e);
        }
    }

    /** Where browsers ask. */
    List<InetSocketAddress> gateways() {
        return ports.stream()
                .map(one -> new InetSocketAddress(InetAddress.getLoopbackAddress(), one.gateway()))
                .toList();
    }

    /** Where they stand, for people. */
    String zones() {
        return plan.zones() ? ", one each in zone a, b and c" : "";
    }

    int size() {
        return ports.size();
    }

    NodePorts ports(int node) {
        return ports.get(node);
    }

    /** Starts a node, for the first time or again. */
    synchronized void start(int node) {
        if (closed) {
            return; // the demo is being stopped
        }
        NodeProcess started = NodeProcess.start(name(node), config(node), directory.resolve(name(node) + ".log"));
        if (node < processes.size()) {
            processes.set(node, started);
        } else {
            processes.add(started);
        }
    }

    private synchronized NodeProcess process(int node) {
        return processes.get(node);
    }

    synchronized boolean alive(int node) {
        return node < processes.size() && processes.get(node).alive();
    }

    void kill(int node) {
        process(node).kill();
    }

    /** Asks a node to leave and waits until it has ended; false if it had to be killed. */
    boolean terminate(int node) {
        return process(node).terminate(STOP_LIMIT);
    }

    /** Which node leads the group of replicas, as most of the running nodes say; empty while they do not agree. */
    OptionalInt leader() {
        Map<String, Long> votes = IntStream.range(0, size())
                .filter(this::alive)
                .mapToObj(node -> probe.leader(ports.get(node)))
                .flatMap(Optional::stream)
                .collect(Collectors.groupingBy(ClusterProbe.Leader::node, Collectors.counting()));
        return IntStream.range(0, size())
                .filter(this::alive)
                .filter(node -> votes.getOrDefault(name(node), 0L) > size() / 2)
                .findFirst();
    }

    /** Waits until every node sees all others alive and could call every service on all of them. */
    void awaitAllReady() {
        for (int node = 0; node < size(); node++) {
            int waiting = node;
            if (!await(START_LIMIT, () -> sees(waiting, size()))) {
                throw new UnavailableException("node " + name(node) + " is not ready after " + START_LIMIT.toSeconds()
                        + " s; its last lines:\n  " + process(node).lastOutput(12));
            }
        }
    }

    private boolean sees(int node, int count) {
        if (!alive(node)) {
            throw new UnavailableException("node " + name(node) + " ended while it started; its last lines:\n  "
                    + process(node).lastOutput(12));
        }
        long aliveMembers = probe.members(ports.get(node)).values().stream()
                .filter(member -> member.state().equals("ALIVE"))
                .count();
        Map<String, Integer> ready = probe.readyInstances(ports.get(node));
        return aliveMembers == count && SERVICES.stream().allMatch(service -> ready.getOrDefault(service, 0) == count);
    }

    /**
     * Waits until a node that was started again is back: all see its new life alive, can call its services, and its own gateway answers a home page.
     *
     * @param token of any user
     * @return false if that did not come in time
     */
    boolean awaitRejoined(int node, String token, Duration limit) {
        return await(limit, POLL_UNDER_LOAD, () -> rejoined(node, token));
    }

    private boolean rejoined(int node, String token) {
        ClusterProbe.MemberView self = probe.members(ports.get(node)).get(name(node));
        if (self == null) {
            return false;
        }
        for (int other = 0; other < size(); other++) {
            ClusterProbe.MemberView seen = probe.members(ports.get(other)).get(name(node));
            if (seen == null || !seen.state().equals("ALIVE") || seen.incarnation() < self.incarnation()) {
                return false;
            }
            if (!sees(other, size())) {
                return false;
            }
        }
        return probe.home(ports.get(node), token)
                .filter(answer -> answer.statusCode() == 200)
                .isPresent();
    }

    /** Polls until a condition holds; false if the time is over first. */
    boolean await(Duration limit, BooleanSupplier condition) {
        return await(limit, POLL, condition);
    }

    private boolean await(Duration limit, Duration poll, BooleanSupplier condition) {
        long startNanos = clock.nanoTime();
        while (!condition.getAsBoolean()) {
            if (clock.nanoTime() - startNanos > limit.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(poll.toNanos());
        }
        return true;
    }

    /** Stops all nodes, politely first. Nothing can be started afterwards. */
    void stop() {
        List<NodeProcess> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(processes);
        }
        all.forEach(NodeProcess::signalTerminate);
        all.forEach(process -> process.terminate(Duration.ofSeconds(4)));
    }
}
