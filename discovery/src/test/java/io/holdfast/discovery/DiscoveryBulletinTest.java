package io.holdfast.discovery;

import io.holdfast.core.cluster.Bulletin;
import io.holdfast.testkit.contract.BulletinCluster;
import io.holdfast.testkit.contract.BulletinContract;

class DiscoveryBulletinTest extends BulletinContract {
    @Override
    protected BulletinCluster start(int nodes) {
        LoopbackCluster cluster = LoopbackCluster.of(nodes);
        return new BulletinCluster() {
            @Override
            public Bulletin bulletin(int node) {
                return cluster.nodes.get(node).bulletin();
            }

            @Override
            public void kill(int node) {
                cluster.kill(node);
            }

            @Override
            public void restart(int node) {
                cluster.restart(node);
            }

            @Override
            public void close() {
                cluster.close();
            }
        };
    }
}
