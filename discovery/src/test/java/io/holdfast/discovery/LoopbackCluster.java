package io.holdfast.discovery;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.swim.SwimConfig;
import io.holdfast.discovery.swim.SwimIdentity;
import io.holdfast.testkit.contract.DiscoveryCluster;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Real shells with real threads and clocks on a {@link LoopbackNetwork}. */
final class LoopbackCluster implements DiscoveryCluster {
    final Environment environment = Environment.system();
    final LoopbackNetwork network = new LoopbackNetwork();
    final List<LoopbackNetwork.Port> ports = new ArrayList<>();
    final List<Discovery> nodes = new ArrayList<>();
    final List<Telemetry> telemetry = new ArrayList<>();
    private final List<DurableCells> disks = new ArrayList<>();
    private List<String> seeds = List.of();

    static LoopbackCluster of(int count) {
        LoopbackCluster cluster = new LoopbackCluster();
        cluster.seeds = IntStream.range(0, count)
                .mapToObj(i -> "127.0.0.1:" + (1000 + i))
                .toList();
        for (int i = 0; i < count; i++) {
            cluster.disks.add(DurableCells.inMemory());
            cluster.start("n" + i, 1000 + i, "test", count, cluster.seeds, cluster.disks.get(i));
        }
        return cluster;
    }

    Discovery start(String node, int port, String name, int expect, List<String> seeds, DurableCells cells) {
        LoopbackNetwork.Port opened = network.open(node, port);
        Telemetry own = new Telemetry(
                new SimpleMeterRegistry(),
                OpenTelemetry.noop().getTracer("test"),
                new HealthChecks(),
                new FlightRecorder(environment.wallClock(), 1024));
        Discovery discovery = Discovery.of(
                        new SwimIdentity(name, NodeId.of(node), opened.address(), ""), opened, environment, own)
                .config(DiscoveryConfig.lan()
                        .withSwim(SwimConfig.local())
                        .withExpect(expect)
                        .withSeeds(seeds))
                .cells(cells)
                .start();
        ports.add(opened);
        nodes.add(discovery);
        telemetry.add(own);
        return discovery;
    }

    @Override
    public Membership membership(int node) {
        return nodes.get(node);
    }

    @Override
    public ServiceDirectory services(int node) {
        return nodes.get(node);
    }

    @Override
    public void kill(int node) {
        nodes.get(node).abandon();
        ports.get(node).close();
    }

    /** Starts a killed node of {@link #of} anew, with its disk. */
    void restart(int node) {
        start("n" + node, 1000 + node, "test", seeds.size(), seeds, disks.get(node));
        nodes.set(node, nodes.remove(nodes.size() - 1));
        ports.set(node, ports.remove(ports.size() - 1));
        telemetry.set(node, telemetry.remove(telemetry.size() - 1));
    }

    @Override
    public void close() {
        nodes.forEach(Discovery::close);
        ports.forEach(LoopbackNetwork.Port::close);
        environment.close();
    }
}
