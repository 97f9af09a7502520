package io.holdfast.discovery;

import io.holdfast.testkit.contract.DiscoveryCluster;
import io.holdfast.testkit.contract.ServiceDirectoryContract;

class DiscoveryServicesTest extends ServiceDirectoryContract {
    @Override
    protected DiscoveryCluster start(int nodes) {
        return LoopbackCluster.of(nodes);
    }
}
