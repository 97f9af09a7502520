package io.holdfast;

import io.holdfast.core.Address;
import io.holdfast.core.config.Configuration;
import io.holdfast.node.RunningNode;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes a node. Each method sets the configuration key that its comment names; what is set here wins over every other source. For use by one thread.
 */
public final class NodeBuilder {
    private final Map<String, String> settings = new LinkedHashMap<>();
    private @Nullable Path file;
    private @Nullable OpenTelemetry tracing;

    NodeBuilder(String id) {
        settings.put("holdfast.node.id", id);
    }

    /**
     * Where to listen for other nodes: {@code holdfast.node.bind}. The default is a free port of the loopback interface.
     *
     * @param host a host name or IP literal
     * @param port 0 takes a free port
     * @return this
     */
    public NodeBuilder bind(String host, int port) {
        return set("holdfast.node.bind", Address.of(host, port).toString());
    }

    /**
     * The address that other nodes connect to, where it differs from the bound one: {@code holdfast.node.advertise}.
     *
     * @param host a host name or IP literal that others can reach
     * @param port the port
     * @return this
     */
    public NodeBuilder advertise(String host, int port) {
        return set("holdfast.node.advertise", Address.of(host, port).toString());
    }

    /**
     * Nodes to ask for the cluster: {@code holdfast.node.seeds}. Without seeds and expectation the node is a cluster of its own.
     *
     * @param seeds {@code host:port} each
     * @return this
     */
    public NodeBuilder seeds(String... seeds) {
        return set("holdfast.node.seeds", String.join(",", seeds));
    }

    /**
     * How many nodes form the cluster the first time: {@code holdfast.node.expect}.
     *
     * @param nodes 1 or more
     * @return this
     */
    public NodeBuilder expect(int nodes) {
        return set("holdfast.node.expect", Integer.toString(nodes));
    }

    /**
     * Where the node stands: {@code holdfast.node.zone}. Calls prefer instances of the same zone.
     *
     * @param zone a name, for instance {@code a}
     * @return this
     */
    public NodeBuilder zone(String zone) {
        return set("holdfast.node.zone", zone);
    }

    /**
     * The port of the admin endpoint on the loopback interface: {@code holdfast.admin.port}.
     *
     * @param port 0 takes a free port
     * @return this
     */
    public NodeBuilder admin(int port) {
        return set("holdfast.admin.port", Integer.toString(port));
    }

    /**
     * The port of the HTTP gateway: {@code holdfast.gateway.port}.
     *
     * @param port 0 takes a free port
     * @return this
     */
    public NodeBuilder gateway(int port) {
        return set("holdfast.gateway.port", Integer.toString(port));
    }

    /**
     * Where the node keeps its cluster id, incarnation and replica: {@code holdfast.node.data-dir}. Without it they are lost with the process.
     *
     * @param directory made if it is missing
     * @return this
     */
    public NodeBuilder dataDir(Path directory) {
        return set("holdfast.node.data-dir", directory.toString());
    }

    /**
     * Takes part in the group that keeps maps, locks, counters and queues: {@code holdfast.consensus.enabled}. All nodes of a cluster must say the same.
     *
     * @param enabled whether it does
     * @return this
     */
    public NodeBuilder consensus(boolean enabled) {
        return set("holdfast.consensus.enabled", Boolean.toString(enabled));
    }

    /**
     * Can call and host sharded entities: {@code holdfast.sharding.enabled}. All nodes of a cluster must say the same, and {@link #consensus} too.
     *
     * @param enabled whether it can
     * @return this
     */
    public NodeBuilder sharding(boolean enabled) {
        return set("holdfast.sharding.enabled", Boolean.toString(enabled));
    }

    /**
     * Has quorum maps and replicated values: {@code holdfast.replication.enabled}. Quorum maps need {@link #consensus} too.
     *
     * @param enabled whether it has
     * @return this
     */
    public NodeBuilder replication(boolean enabled) {
        return set("holdfast.replication.enabled", Boolean.toString(enabled));
    }

    /**
     * How long a call may take unless a policy or the caller's deadline says less: {@code holdfast.client.timeout}.
     *
     * @param timeout longer than zero
     * @return this
     */
    public NodeBuilder callTimeout(Duration timeout) {
        return set("holdfast.client.timeout", timeout.toString());
    }

    /**
     * A YAML file whose keys hold where nothing stronger sets them.
     *
     * @param yaml the file; it must exist
     * @return this
     */
    public NodeBuilder config(Path yaml) {
        file = yaml;
        return this;
    }

    /**
     * Where spans go. The default is what {@code GlobalOpenTelemetry} holds when the node starts, and nothing where that was never set.
     *
     * @param value the application's own; the node does not close it
     * @return this
     */
    public NodeBuilder openTelemetry(OpenTelemetry value) {
        tracing = value;
        return this;
    }

    /**
     * Sets any configuration key.
     *
     * @param key for instance {@code holdfast.node.zone}
     * @param value as it would stand in a file
     * @return this
     */
    public NodeBuilder set(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /**
     * Starts the node: it listens, answers {@code /health} and joins in the background. Wait with {@link HoldfastNode#awaitReady}.
     *
     * @return the running node; close it to leave gracefully
     * @throws io.holdfast.core.HoldfastException if the configuration is wrong (every problem at once), a port is taken or the data directory cannot be used; the message says what to change
     */
    public HoldfastNode start() {
        Configuration.Builder sources =
                Configuration.builder().settings(settings).systemProperties().environment();
        if (file != null) {
            sources.file(file);
        }
        return new HoldfastNode(RunningNode.start(sources.build(), tracing));
    }
}
