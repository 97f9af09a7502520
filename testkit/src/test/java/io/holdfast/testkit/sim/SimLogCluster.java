package io.holdfast.testkit.sim;

import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.testkit.contract.LogCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A simulated group as the contract suites want it. */
final class SimLogCluster implements LogCluster {
    private final SimEnvironment environment;
    private final SimLogGroup group;
    private final IntFunction<ReplicatedLog.Applier> appliers;
    private final List<ReplicatedLog> logs = new ArrayList<>();

    SimLogCluster(SimEnvironment environment, long seed, int nodes, IntFunction<ReplicatedLog.Applier> appliers) {
        this.environment = environment;
        this.appliers = appliers;
        this.group = new SimLogGroup(
                environment,
                seed,
                GroupId.of("meta"),
                IntStream.range(0, nodes).mapToObj(SimLogCluster::id).toList());
        for (int i = 0; i < nodes; i++) {
            logs.add(group.start(id(i), appliers.apply(i)));
        }
    }

    private static NodeId id(int node) {
        return NodeId.of("n" + node);
    }

    @Override
    public ReplicatedLog log(int node) {
        return logs.get(node);
    }

    @Override
    public MonotonicClock clock() {
        return environment.clock();
    }

    @Override
    public void isolate(int node) {
        group.isolate(id(node));
    }

    @Override
    public void heal() {
        group.heal();
    }

    @Override
    public void kill(int node) {
        group.kill(id(node));
    }

    @Override
    public void restart(int node) {
        logs.set(node, group.start(id(node), appliers.apply(node)));
    }

    @Override
    public void close() {
        logs.forEach(ReplicatedLog::close);
    }
}
