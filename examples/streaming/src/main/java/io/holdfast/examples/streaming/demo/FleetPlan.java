package io.holdfast.examples.streaming.demo;

import java.util.function.IntFunction;

/**
 * How the nodes of a run differ from those of another.
 *
 * @param zones whether each stands in a zone of its own, so that its calls prefer its own services
 * @param chaos whether recommendation misbehaves at times
 * @param version of the program that a node runs; empty for none
 * @param settings further blocks of YAML for a node, below {@code holdfast}
 */
record FleetPlan(boolean zones, boolean chaos, IntFunction<String> version, IntFunction<String> settings) {
    /** Of the plain demo: four JVMs share the machine's processors, and a wait of some milliseconds is no overload there. */
    static FleetPlan plain(boolean chaos) {
        return new FleetPlan(
                true,
                chaos,
                node -> "",
                node -> "server: { admission: { queue-target: 100ms, queue-interval: 1s } }\n");
    }
}
