package io.holdfast.examples.streaming.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration of each node of a run.
 *
 * @param directory where the nodes keep their files
 * @param ports where each listens
 * @param secrets what they share
 * @param plan what is special in this run
 */
record NodeYaml(Path directory, List<NodePorts> ports, FleetSecrets secrets, FleetPlan plan) {
    static String name(int node) {
        return "node-" + (node + 1);
    }

    /** The file that says what is wrong with a node's services. */
    static Path trouble(Path directory, int node) {
        return directory.resolve(name(node) + ".trouble.yaml");
    }

    /** The file of one node. */
    String of(int node) {
        NodePorts own = ports.get(node);
        String seeds =
                ports.stream().map(one -> "\"127.0.0.1:" + one.cluster() + "\"").collect(Collectors.joining(", "));
        return """
                holdfast:
                  node: { id: %s, bind: "127.0.0.1:%d", zone: "%s", version: "%s", data-dir: "%s", seeds: [%s], expect: %d }
                  admin: { port: %d }
                  gateway: { port: %d, timeout: 1800ms } # whoever waits is gone after 2 s: no work for nobody
                  consensus: { enabled: true, session-time-to-live: 5s } # so that the jobs of a killed node go on elsewhere while somebody watches
                  sharding: { enabled: true }
                  replication: { enabled: true }
                  leader-only: { trending: { every: 1s } }
                %sstreaming:
                  stop-with-parent: true
                  nightly-every: 10s # nights are short in a demo
                  trouble: "%s"
                  auth: { secret: "%s", demo-password: "%s" }
                  recommendation: { chaos: %s }
                """.formatted(
                        name(node),
                        own.cluster(),
                        plan.zones() ? Character.toString('a' + node) : "",
                        plan.version().apply(node),
                        directory.resolve(name(node)),
                        seeds,
                        ports.size(),
                        own.admin(),
                        own.gateway(),
                        plan.settings().apply(node).indent(2),
                        trouble(directory, node),
                        secrets.tokens(),
                        secrets.password(),
                        plan.chaos());
    }
}
