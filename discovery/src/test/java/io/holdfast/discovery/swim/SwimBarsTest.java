package io.holdfast.discovery.swim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.cluster.MemberState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bars of discovery in virtual time with the LAN preset: over a few seeds here, over 500 in {@link SwimBarsNightlyTest}. Each prints its figures. */
class SwimBarsTest {
    private static final Duration TEN = Duration.ofSeconds(10);

    int seeds() {
        return 3;
    }

    Duration lossTime() {
        return Duration.ofMinutes(2);
    }

    int lossSeeds() {
        return 1;
    }

    @Test
    void aSilentNodeAmongAHundredIsDeclaredDeadEverywhereWithinFiveSeconds() {
        var figures =
                SwimReport.durations("silent node, 100 nodes", seeds(), seed -> SwimScenarios.silentDeath(seed, 100));
        assertThat(figures.at(0.99)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aKilledProcessIsKnownEverywhereWithinASecond() {
        for (int nodes : new int[] {2, 3, 8, 32}) {
            var figures = SwimReport.durations(
                    "killed process, " + nodes + " nodes", seeds(), seed -> SwimScenarios.killedProcess(seed, nodes));
            assertThat(figures.at(0.99)).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void aBrokenConnectionKillsNobody() {
        assertThat(SwimReport.deaths(
                        "broken connections, 8 nodes", seeds(), seed -> SwimScenarios.deathsByReset(seed, 8)))
                .isZero();
    }

    @Test
    void fivePercentLossKillsNobody() {
        assertThat(SwimReport.deaths(
                        "5 % loss for " + lossTime() + ", 100 nodes",
                        lossSeeds(),
                        seed -> SwimScenarios.deathsUnderLoss(seed, 100, 0.05, lossTime())))
                .isZero();
    }

    @Test
    void tenPercentLossForTenMinutesKillsNobody() {
        assertThat(SwimReport.deaths(
                        "10 % loss for 10 min, 10 nodes",
                        seeds(), seed -> SwimScenarios.deathsUnderLoss(seed, 10, 0.1, Duration.ofMinutes(10))))
                .isZero();
    }

    @Test
    void aNodeThatStandsStillForTenSecondsKillsNoHealthyPeer() {
        assertThat(SwimReport.deaths(
                        "one of 20 nodes paused 10 s",
                        seeds(),
                        seed -> SwimScenarios.healthyDeathsAroundPause(seed, 20, TEN, false)))
                .isZero();
    }

    @Test
    void aStarvedNodeKillsNoHealthyPeer() {
        assertThat(SwimReport.deaths(
                        "one of 20 nodes starved 10 s",
                        seeds(),
                        seed -> SwimScenarios.healthyDeathsAroundPause(seed, 20, TEN, true)))
                .isZero();
    }

    @Test
    void everyPartitionHealsToOneViewWithinTenSeconds() {
        for (SwimScenarios.Cut cut : SwimScenarios.Cut.values()) {
            var figures = SwimReport.durations(
                    "heals " + cut + ", 20 nodes", seeds(), seed -> SwimScenarios.heal(seed, 20, cut, TEN));
            assertThat(figures.max()).isLessThan(TEN);
        }
    }

    /** The seeds of all three are gone: only the attempts to reach the dead are left. */
    @Test
    void aPartitionHealsWithoutSeeds() {
        SimCluster cluster = SimCluster.of(1, 6).formed();
        cluster.world.nodes().forEach(node -> node.request(new SwimRequest.Seeds(List.of())));
        List<String> names = cluster.world.network().names();
        cluster.world.network().partition(names.subList(0, 3), names.subList(3, 6));
        cluster.world.advance(TEN);
        cluster.world.network().heal();
        assertThat(cluster.await("one view", cluster::oneView, TEN)).isLessThan(TEN);
    }

    @Test
    void aNodeThatSaysGoodbyeIsLeftEverywhereAndNeverDead() {
        SimCluster cluster = SimCluster.of(2, 32).formed();
        cluster.node(cluster.name(4)).request(new SwimRequest.Leave());
        cluster.await("left", () -> cluster.allSee(cluster.name(4), MemberState.LEFT), Duration.ofSeconds(1));
        cluster.world.advance(TEN);
        assertThat(cluster.allSee(cluster.name(4), MemberState.LEFT)).isTrue();
        assertThat(cluster.falseDeaths).isEmpty();
    }

    @Test
    void aFormationAmidCrashesAndCutsMakesOneCluster() {
        var figures =
                SwimReport.durations("forming amid crashes, 3 of 5", 70 * seeds(), SwimScenarios::formAmidCrashes);
        assertThat(figures.max()).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void aRegistryChangeReachesThirtyTwoNodesWithinASecond() {
        // one change in four waits for the periodic gossip: the median of a few seeds would be chance
        var figures = SwimReport.durations(
                "registry change, 32 nodes", Math.max(30, seeds()), seed -> SwimScenarios.registryChange(seed, 32));
        assertThat(figures.at(0.5))
                .as("urgent news does not wait for the gossip interval")
                .isLessThan(Duration.ofMillis(50));
        assertThat(figures.at(0.99)).isLessThan(Duration.ofSeconds(1));
    }
}
