package io.holdfast.replication.saga;

import io.holdfast.replication.saga.PlanNode.Child;
import io.holdfast.replication.saga.PlanNode.Leaf;
import io.holdfast.replication.saga.PlanNode.Parallel;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The structure of a definition, which never changes. */
final class SagaPlan {
    private final String name;
    private final int version;
    private final Duration deadline;
    private final List<PlanNode> nodes;
    private final Map<String, Leaf> leaves = new LinkedHashMap<>();
    private final String structure;

    SagaPlan(String name, int version, Duration deadline, List<PlanNode> nodes) {
        this.name = name;
        this.version = version;
        this.deadline = deadline;
        this.nodes = List.copyOf(nodes);
        StringBuilder text = new StringBuilder();
        describe(this.nodes, "", text);
        this.structure = text.toString();
    }

    private void describe(List<PlanNode> list, String indent, StringBuilder text) {
        for (PlanNode node : list) {
            text.append(indent).append(kind(node)).append(' ').append(node.name());
            if (node instanceof Child child) {
                text.append(" of ").append(child.definition()).append('/').append(child.version());
            }
            text.append('\n');
            if (node instanceof Parallel parallel) {
                for (List<PlanNode> branch : parallel.branches()) {
                    text.append(indent).append(" branch\n");
                    describe(branch, indent + "  ", text);
                }
            } else if (node instanceof Leaf leaf) {
                leaves.put(leaf.name(), leaf);
            }
        }
    }

    private static String kind(PlanNode node) {
        if (node instanceof PlanNode.Task) {
            return "step";
        } else if (node instanceof PlanNode.Sleep) {
            return "sleep";
        } else if (node instanceof PlanNode.Await) {
            return "signal";
        }
        return node instanceof Child ? "child" : "parallel";
    }

    String name() {
        return name;
    }

    int version() {
        return version;
    }

    Duration deadline() {
        return deadline;
    }

    List<PlanNode> nodes() {
        return nodes;
    }

    /** All leaves in the order in which they were defined. */
    Map<String, Leaf> leaves() {
        return Collections.unmodifiableMap(leaves);
    }

    @Nullable Leaf leaf(String step) {
        return leaves.get(step);
    }

    /** A line for each node: kind and name. Two definitions that say the same here go on with each other's histories. */
    String structure() {
        return structure;
    }

    /** The leaf whose result is the saga's. */
    Optional<Leaf> last() {
        return nodes.isEmpty() || !(nodes.get(nodes.size() - 1) instanceof Leaf leaf)
                ? Optional.empty()
                : Optional.of(leaf);
    }

    @Override
    public String toString() {
        return name + "/" + version;
    }
}
