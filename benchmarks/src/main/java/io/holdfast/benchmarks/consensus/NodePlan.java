package io.holdfast.benchmarks.consensus;

import java.nio.file.Path;
import java.util.List;

/**
 * What a node is told.
 *
 * @param index its place among the nodes, from 0
 * @param nodes where each of them listens
 * @param directory its own
 */
record NodePlan(int index, List<NodePorts> nodes, Path directory) {
    NodePorts own() {
        return nodes.get(index);
    }
}
