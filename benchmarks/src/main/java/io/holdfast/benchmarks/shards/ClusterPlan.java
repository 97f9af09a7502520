package io.holdfast.benchmarks.shards;

import io.holdfast.Holdfast;
import io.holdfast.NodeBuilder;
import io.holdfast.benchmarks.run.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a cluster of a run is made of. Immutable.
 *
 * @param nodes how many found it, {@code n0} and so on; one more may join
 * @param hosts what its nodes host
 * @param settings what is configured on all nodes besides that which every run has
 * @param flags of each node's JVM
 * @param directory of the nodes' data
 */
record ClusterPlan(int nodes, Hosts hosts, Map<String, String> settings, List<String> flags, Path directory) {
    private static final int FIVE = 5;

    /** What a node hosts. */
    enum Hosts {
        TALLIES,
        NOTES,
        TICKS
    }

    ClusterPlan {
        settings = Map.copyOf(settings);
        flags = List.copyOf(flags);
    }

    /** Five nodes that host tallies. */
    static ClusterPlan of(Options options) {
        return new ClusterPlan(
                FIVE,
                Hosts.TALLIES,
                Map.of("holdfast.consensus.groups", options.text("groups")),
                words(options.text("node-flags")),
                Path.of(options.text("data")).toAbsolutePath());
    }

    private static List<String> words(String text) {
        return Stream.of(text.split(" +", -1)).filter(flag -> !flag.isEmpty()).toList();
    }

    ClusterPlan withNodes(int value) {
        return new ClusterPlan(value, hosts, settings, flags, directory);
    }

    ClusterPlan withHosts(Hosts value) {
        return new ClusterPlan(nodes, value, settings, flags, directory);
    }

    ClusterPlan withSetting(String name, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(name, value);
        return new ClusterPlan(nodes, hosts, more, flags, directory);
    }

    ClusterPlan withFlags(String value) {
        return new ClusterPlan(nodes, hosts, settings, words(value), directory);
    }

    /** All that ever run. */
    List<String> names() {
        return IntStream.rangeClosed(0, nodes).mapToObj(i -> "n" + i).toList();
    }

    /** Those that found it. */
    List<String> founders() {
        return names().subList(0, nodes);
    }

    /** A node of it, which does not run yet. */
    NodeBuilder node(String name, List<String> ports) {
        NodeBuilder node = Holdfast.node(name)
                .seeds(ports.stream()
                        .limit(nodes)
                        .map(port -> "127.0.0.1:" + port)
                        .toArray(String[]::new))
                .expect(nodes)
                .consensus(true)
                .sharding(true)
                .set("holdfast.consensus.replace-after", "1h"); // the driver's node must not take a seat
        settings.forEach(node::set);
        return node;
    }

    /** For {@link #parse}: a node's process needs neither flags nor the common directory. */
    List<String> arguments() {
        return List.of(
                Integer.toString(nodes),
                hosts.name(),
                settings.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(";")));
    }

    static ClusterPlan parse(List<String> arguments) {
        Map<String, String> settings = Stream.of(arguments.get(2).split(";", -1))
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
        return new ClusterPlan(
                Integer.parseInt(arguments.get(0)), Hosts.valueOf(arguments.get(1)), settings, List.of(), Path.of(""));
    }
}
