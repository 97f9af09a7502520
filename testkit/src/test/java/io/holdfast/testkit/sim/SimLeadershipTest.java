package io.holdfast.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.contract.LeadershipContract;
import io.holdfast.testkit.contract.LogCluster;
import java.time.Duration;
import java.util.function.BooleanSupplier;

class SimLeadershipTest extends LeadershipContract {
    private final SimEnvironment environment = SimEnvironment.seed(7);

    @Override
    protected LogCluster start(int nodes) {
        return new SimLogCluster(environment, 7, nodes, node -> new Stateless());
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        for (int i = 0; i < 20_000 && !condition.getAsBoolean(); i++) {
            environment.advance(Duration.ofMillis(1));
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }
}
