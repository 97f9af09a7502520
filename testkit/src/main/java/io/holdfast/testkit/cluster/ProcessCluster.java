package io.holdfast.testkit.cluster;

import io.holdfast.core.Check;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.ShutdownHook;
import io.holdfast.core.fault.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Nodes in JVMs of their own, which a test may kill, stop, continue and restart as the operating system would. Nothing is left behind: {@link #close} kills what runs, and so
 * does the end of this JVM.
 *
 * <pre>{@code
 * try (var cluster = ProcessCluster.in(directory)) {
 *     int admin = cluster.freePort();
 *     ProcessNode a = cluster.node("a", ShopMain.class)
 *             .arguments("--holdfast.node.id=a", "--holdfast.admin.port=" + admin)
 *             .admin(URI.create("http://127.0.0.1:" + admin))
 *             .start();
 *     a.awaitReady(Duration.ofSeconds(20));
 *     a.kill();
 *     a.restart().awaitReady(Duration.ofSeconds(20));
 * }
 * }</pre>
 *
 * <p>For use by one thread.
 */
public final class ProcessCluster implements AutoCloseable {
    /** Below the range from which systems take the ports of outgoing connections, so that a node finds its port free when it restarts. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 10_000;

    /** One counter for all clusters of this JVM, and two JVMs begin at different places: tests that run beside each other must not be given the same port. */
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 101 % PORTS));

    private final Path directory;
    private final Map<String, ProcessNode> nodes = new LinkedHashMap<>();
    private final Registration hook;

    private ProcessCluster(Path directory) {
        this.directory = directory;
        this.hook = ShutdownHook.register("holdfast-process-cluster", this::killAll);
    }

    /**
     * An empty cluster.
     *
     * @param directory where the nodes run and their output is kept, one file {@code <name>.log} for each; made if it is not there
     * @return the cluster
     * @throws UncheckedIOException if the directory cannot be made
     */
    public static ProcessCluster in(Path directory) {
        try {
            return new ProcessCluster(Files.createDirectories(directory).toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException("directory " + directory + " of a process cluster cannot be made", e);
        }
    }

    /**
     * Begins to describe a node.
     *
     * @param name its name, unique in this cluster
     * @param main the class whose {@code main} runs
     * @return the description
     * @throws IllegalArgumentException if the name is taken
     */
    public ProcessNode.Description node(String name, Class<?> main) {
        Check.label("node name", name);
        Check.that(!nodes.containsKey(name), "process node %s exists already; restart it or choose another name", name);
        return new ProcessNode.Description(this, name, main);
    }

    /**
     * A node by its name.
     *
     * @param name the name
     * @return the node
     * @throws IllegalArgumentException if there is none
     */
    public ProcessNode node(String name) {
        ProcessNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException(
                    "there is no process node " + name + "; the nodes are " + nodes.keySet());
        }
        return node;
    }

    /**
     * All nodes.
     *
     * @return the nodes in the order in which they were started
     */
    public synchronized List<ProcessNode> nodes() {
        return List.copyOf(nodes.values());
    }

    /**
     * Lets a node fail: latency and drop hit its links to all other nodes, until {@link #heal}; a pause ends by itself; a killed node stays down until it is restarted.
     *
     * @param node its name, which is also its node id; it and the others have {@code holdfast.transport.fault-injection=true}, for latency and drop
     * @param fault what goes wrong
     * @throws IllegalArgumentException for {@link Fault.Error}, which is for experiments ({@code /admin/chaos})
     * @throws IllegalStateException if a node has no fault point
     */
    public void inject(String node, Fault fault) {
        ProcessFaults.node(nodes(), node(node), fault);
    }

    /**
     * Lets the link between two nodes fail in both directions, until {@link #heal}.
     *
     * @param a a node whose name is its node id
     * @param b another one
     * @param fault {@link Fault.Latency} or {@link Fault.Drop}
     * @throws IllegalArgumentException for any other fault
     * @throws IllegalStateException if a node has no fault point
     */
    public void inject(String a, String b, Fault fault) {
        ProcessFaults.link(node(a), node(b), fault);
    }

    /**
     * Ends the faults of all links of the nodes that run.
     *
     * @throws IllegalStateException if a node has no fault point
     */
    public void heal() {
        nodes().stream().filter(ProcessNode::isAlive).forEach(ProcessFaults::heal);
    }

    /**
     * A port of the loopback interface that is free now, and that no cluster of this JVM gives twice.
     *
     * @return the port
     * @throws IllegalStateException if none is free
     */
    public int freePort() {
        for (int tried = 0; tried < PORTS; tried++) {
            int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException taken) {
                continue;
            }
        }
        throw new IllegalStateException("no port from " + FIRST_PORT + " to " + (FIRST_PORT + PORTS) + " is free");
    }

    Path directory() {
        return directory;
    }

    synchronized void add(ProcessNode node) {
        nodes.put(node.name(), node);
    }

    /** First the signals, then the waiting: a node whose end does not come must not keep the others alive. */
    private void killAll() {
        nodes().forEach(ProcessNode::beginKill);
        nodes().forEach(ProcessNode::kill);
    }

    /** Kills all nodes that still run and waits for their end. */
    @Override
    public void close() {
        try {
            killAll();
        } finally {
            hook.close();
        }
    }
}
