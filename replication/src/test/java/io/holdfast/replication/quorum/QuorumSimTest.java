package io.holdfast.replication.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.sim.Sweep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A ring amid kills, pauses, partitions, lost disks and changes of members: nothing acknowledged is lost, nothing removed comes back, and after healing all replicas are equal. Over a few seeds here. */
class QuorumSimTest {
    record Found(long seed, String how) {}

    int seeds() {
        return 2;
    }

    @Test
    void nothingAcknowledgedIsLostAndReplicasBecomeEqual() {
        Sweep.Report report = Sweep.of(
                "a ring amid faults",
                seeds(),
                run -> new QuorumSim(run.seed(), QuorumRules.SOUND).run((name, value) -> run.figure(name, value)));
        assertThat(report.figure("acknowledged").sum()).isPositive();
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        assertThat(hash(8)).isEqualTo(hash(8)).isNotEqualTo(hash(5));
    }

    private static long hash(long seed) {
        QuorumSim sim = new QuorumSim(seed, QuorumRules.SOUND);
        sim.run((name, value) -> {});
        return sim.world.traceHash();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            names = {"WHAT_COMES_REPLACES_WHAT_IS_THERE"})
    void aPlantedFaultIsFound(Mutant mutant) {
        assertThat(search(mutant, 100).seed()).as("%s", mutant).isPositive();
    }

    /** The first seed that a fault does not survive, or 0. */
    static Found search(Mutant mutant, int most) {
        for (long seed = 1; seed <= most; seed++) {
            try {
                new QuorumSim(seed, mutant.rules).run((name, value) -> {});
            } catch (AssertionError e) {
                return new Found(
                        seed, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            }
        }
        return new Found(0, "");
    }
}
