package io.holdfast.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.testkit.contract.LeadershipContract;
import io.holdfast.testkit.contract.LogCluster;
import java.time.Duration;
import java.util.function.BooleanSupplier;

class SimLeadershipTest extends LeadershipContract {
    private final SimEnvironment environment = SimEnvironment.seed(7);

    private static final class NoState implements ReplicatedLog.Applier {
        @Override
        public byte[] apply(long index, byte[] entry) {
            return entry;
        }

        @Override
        public byte[] snapshot() {
            return new byte[0];
        }

        @Override
        public void restore(long index, byte[] snapshot) {
            assertThat(snapshot).isEmpty();
        }
    }

    @Override
    protected LogCluster start(int nodes) {
        return new SimLogCluster(environment, 7, nodes, node -> new NoState());
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        for (int i = 0; i < 20_000 && !condition.getAsBoolean(); i++) {
            environment.advance(Duration.ofMillis(1));
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }
}
