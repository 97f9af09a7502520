package io.holdfast.benchmarks.traffic;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.NodeBuilder;
import io.holdfast.core.ServiceName;
import io.holdfast.discovery.traffic.TrafficPolicies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A caller and ten instances: real nodes in one JVM, over loopback. For use by one thread. */
final class WorkCluster implements AutoCloseable {
    static final ServiceName WORK = ServiceName.of("work");
    static final int INSTANCES = 10;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<HoldfastNode> nodes = new ArrayList<>();
    private final List<WorkService> services = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

    /** The last instance is of version 2, the others of version 1. */
    WorkCluster(String balance) {
        for (int i = 0; i <= INSTANCES; i++) {
            NodeBuilder builder = Holdfast.node(i == 0 ? "caller" : "n" + i)
                    .set("holdfast.node.version", i == INSTANCES ? "2" : "1")
                    .set("holdfast.client.balance", balance)
                    .set("holdfast.node.drain", "1s");
            if (i > 0) {
                builder.seeds(nodes.get(0).address().toString());
            }
            nodes.add(builder.start());
        }
        nodes.forEach(node -> node.awaitReady(LIMIT));
        for (HoldfastNode node : nodes.subList(1, nodes.size())) {
            WorkService service = new WorkService(node.id().value(), timer);
            services.add(service);
            node.host(service);
        }
        caller().services()
                .awaitInstances(WORK, INSTANCES, LIMIT)
                .toCompletableFuture()
                .join();
    }

    private HoldfastNode caller() {
        return nodes.get(0);
    }

    Work client() {
        return caller().client(Work.class);
    }

    TrafficPolicies traffic() {
        return caller().traffic();
    }

    /** An instance, 1 to 10; the last is of version 2. */
    WorkService service(int number) {
        return services.get(number - 1);
    }

    List<String> decisions() {
        return caller().telemetry().recorder().entries().stream()
                .filter(entry -> entry.area().equals("outlier") || entry.area().equals("canary"))
                .map(entry -> entry.area() + ": " + entry.decision())
                .toList();
    }

    @Override
    public void close() {
        nodes.forEach(HoldfastNode::abandon);
        timer.shutdownNow();
    }
}
