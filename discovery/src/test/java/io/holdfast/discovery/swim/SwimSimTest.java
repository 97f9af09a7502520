package io.holdfast.discovery.swim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.cluster.MemberState;
import io.holdfast.testkit.sim.LinkFaults;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SwimSimTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 32})
    void nodesThatStartAtOnceFormOneCluster(int nodes) {
        SimCluster cluster = SimCluster.of(7, nodes);
        Duration took = cluster.formed().world.elapsed();
        System.out.println("formed " + nodes + " in " + took);
        cluster.world.advance(Duration.ofSeconds(60));
        assertThat(cluster.oneView()).isTrue();
        assertThat(cluster.falseDeaths).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aSilentNodeIsFoundByAllWithinFiveSeconds(long seed) {
        SimCluster cluster = SimCluster.of(seed, 100).formed();
        cluster.node(cluster.name(50)).kill();
        String victim = cluster.name(50);
        Duration took = cluster.await("dead", () -> cluster.allSee(victim, MemberState.DEAD), Duration.ofSeconds(10));
        System.out.println("silent detection " + took);
        assertThat(cluster.falseDeaths).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 32})
    void aKilledProcessWhoseConnectionsCloseIsKnownWithinASecond(int nodes) {
        SimCluster cluster = SimCluster.of(11, nodes);
        cluster.world.hintOnClose(SwimRequest.ConnectionClosed::new);
        cluster.formed();
        String victim = cluster.name(1);
        cluster.node(victim).kill();
        Duration took = cluster.await("dead", () -> cluster.allSee(victim, MemberState.DEAD), Duration.ofSeconds(9));
        System.out.println("killed detection " + nodes + " " + took);
    }

    @Test
    void lossDoesNotKill() {
        SimCluster cluster =
                SimCluster.of(3, 100, 100, SwimConfig.lan(), LinkFaults.lan().withLoss(0.05), Duration.ofMillis(200));
        cluster.formed();
        cluster.world.advance(Duration.ofMinutes(2));
        System.out.println("events " + cluster.world.events());
        assertThat(cluster.falseDeaths).isEmpty();
    }
}
