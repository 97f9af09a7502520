package io.holdfast.consensus.log;

import io.holdfast.testkit.contract.LeadershipContract;
import io.holdfast.testkit.contract.LogCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

class ModelLeadershipTest extends LeadershipContract {
    private final List<ModelCluster> clusters = new ArrayList<>();

    @Override
    protected LogCluster start(int nodes) {
        clusters.add(new ModelCluster(7, nodes, 0, GroupLogConfig.lan(), node -> new Register()));
        return clusters.get(clusters.size() - 1);
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        clusters.get(clusters.size() - 1).advanceUntil(what, condition);
    }
}
