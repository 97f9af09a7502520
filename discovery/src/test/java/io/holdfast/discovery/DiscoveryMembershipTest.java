package io.holdfast.discovery;

import io.holdfast.testkit.contract.DiscoveryCluster;
import io.holdfast.testkit.contract.MembershipContract;

class DiscoveryMembershipTest extends MembershipContract {
    @Override
    protected DiscoveryCluster start(int nodes) {
        return LoopbackCluster.of(nodes);
    }
}
