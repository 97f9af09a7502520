package io.holdfast.consensus.log;

import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.testkit.contract.LogCluster;
import io.holdfast.testkit.contract.ReplicatedLogContract;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

class ModelLogTest extends ReplicatedLogContract {
    private final List<ModelCluster> clusters = new ArrayList<>();

    @Override
    protected LogCluster start(int nodes, IntFunction<ReplicatedLog.Applier> appliers) {
        clusters.add(new ModelCluster(7, nodes, 0, GroupLogConfig.lan(), appliers));
        return clusters.get(clusters.size() - 1);
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        clusters.get(clusters.size() - 1).advanceUntil(what, condition);
    }
}
