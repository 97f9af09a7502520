package io.holdfast.testkit.cluster;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.node.LaunchedNode;
import io.holdfast.core.node.NodeLauncher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Nodes of one cluster within this JVM, on free ports of the loopback interface. For use by one thread; the nodes themselves are safe for many.
 */
public final class TestCluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final NodeLauncher launcher;
    private final Map<String, String> settings;
    private final List<LaunchedNode> nodes = new ArrayList<>();
    private final Set<NodeId> stopped = new TreeSet<>();

    private TestCluster(NodeLauncher launcher, Map<String, String> settings) {
        this.launcher = launcher;
        this.settings = Map.copyOf(settings);
    }

    /**
     * Starts a cluster and returns when all nodes see each other.
     *
     * @param nodes how many; they are named {@code n0}, {@code n1} and so on
     * @param settings settings of every node
     * @return the cluster
     * @throws IllegalStateException if nothing on the class path can start nodes, or the nodes do not find each other; the message says who sees whom
     */
    public static TestCluster start(int nodes, Map<String, String> settings) {
        Check.between("nodes", nodes, 1, 100);
        NodeLauncher launcher = ServiceLoader.load(NodeLauncher.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no NodeLauncher is on the class path, so a cluster of "
                        + nodes + " nodes cannot start; add the dependency io.holdfast:holdfast"));
        TestCluster cluster = new TestCluster(launcher, settings);
        try {
            for (int i = 0; i < nodes; i++) {
                cluster.launch(Map.of());
            }
            cluster.awaitAllSeeAll();
        } catch (RuntimeException e) {
            try {
                cluster.close();
            } catch (RuntimeException besides) {
                e.addSuppressed(besides);
            }
            throw e;
        }
        return cluster;
    }

    private LaunchedNode launch(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        running().stream()
                .findFirst()
                .ifPresent(seed -> all.put("holdfast.node.seeds", seed.address().toString()));
        all.putAll(more);
        LaunchedNode node = launcher.launch("n" + nodes.size(), all);
        nodes.add(node);
        return node;
    }

    /**
     * A node.
     *
     * @param index 0 for the first
     * @return the node, whether it runs or was stopped
     */
    public LaunchedNode node(int index) {
        Check.between("node", index, 0, nodes.size() - 1);
        return nodes.get(index);
    }

    /**
     * The nodes that run.
     *
     * @return the nodes in the order in which they were started
     */
    public List<LaunchedNode> running() {
        return nodes.stream().filter(node -> !stopped.contains(node.id())).toList();
    }

    /**
     * Starts one more node and returns when all nodes see it.
     *
     * @param more settings of this node only; they win over the cluster's
     * @return the node
     */
    public LaunchedNode addNode(Map<String, String> more) {
        LaunchedNode node = launch(more);
        awaitAllSeeAll();
        return node;
    }

    /**
     * Lets a node leave, and returns when no other sees it any more.
     *
     * @param index 0 for the first
     */
    public void stop(int index) {
        LaunchedNode node = node(index);
        node.close();
        stopped.add(node.id());
        awaitAllSeeAll();
    }

    /**
     * Waits until every running node sees every running node and no other.
     *
     * @throws IllegalStateException if that takes longer than 30 s; the message says who sees whom
     */
    public void awaitAllSeeAll() {
        Set<NodeId> all = running().stream().map(LaunchedNode::id).collect(Collectors.toCollection(TreeSet::new));
        try {
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() ->
                            running().stream().allMatch(node -> seenBy(node).equals(all)));
        } catch (ConditionTimeoutException e) {
            String views = running().stream()
                    .map(node -> node.id() + " sees " + seenBy(node))
                    .collect(Collectors.joining(", "));
            throw new IllegalStateException(
                    "the nodes " + all + " do not see each other after " + DurationText.of(LIMIT) + ": " + views
                            + "; look for settings that keep them apart (cluster name, seeds, bind)",
                    e);
        }
    }

    private static Set<NodeId> seenBy(LaunchedNode node) {
        return node.membership().members().stream().map(Member::id).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Lets all nodes leave, the last started first. */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (int i = nodes.size() - 1; i >= 0; i--) {
            try {
                if (stopped.add(nodes.get(i).id())) {
                    nodes.get(i).close();
                }
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
