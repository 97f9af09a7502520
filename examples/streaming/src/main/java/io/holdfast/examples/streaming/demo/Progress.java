package io.holdfast.examples.streaming.demo;

import io.holdfast.examples.streaming.load.LoadReport;
import io.holdfast.examples.streaming.load.LoadWindow;
import java.util.List;

/**
 * How the demo goes.
 *
 * @param second how long the load runs
 * @param seconds how long it will run, 0 if that depends
 * @param window the last second
 * @param total all so far
 * @param nodes each node
 * @param failOverMillis as in {@link DemoResult}
 */
record Progress(
        long second, long seconds, LoadWindow window, LoadReport total, List<NodeState> nodes, long failOverMillis) {
    /**
     * A node as it shows itself.
     *
     * @param name the node id
     * @param zone its zone
     * @param up whether its process runs
     * @param members how many members it sees alive
     * @param leads whether it leads the group of replicas
     * @param breakers its breakers and their states, in words
     */
    record NodeState(String name, String zone, boolean up, int members, boolean leads, String breakers) {}
}
