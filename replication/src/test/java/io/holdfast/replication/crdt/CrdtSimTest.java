package io.holdfast.replication.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.sim.Sweep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replicas amid loss, partitions, crashes, failing and lost disks: all come to one state, the right one. Over a few seeds here, over 2,000 in {@link CrdtSimNightlyTest}. */
class CrdtSimTest {
    record Found(long seed, String how) {}

    int seeds() {
        return 2;
    }

    @Test
    void afterAnyFaultsAllReplicasComeToTheStateThatWhatWasDoneAddsUpTo() {
        Sweep.Report report = Sweep.of(
                "crdts amid faults",
                seeds(),
                run -> new CrdtSim(run.seed(), new CrdtRules()).run((name, value) -> run.figure(name, value)));
        assertThat(report.figure("deeds").sum()).isPositive();
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        assertThat(hash(7)).isEqualTo(hash(7)).isNotEqualTo(hash(8));
    }

    private static long hash(long seed) {
        CrdtSim sim = new CrdtSim(seed, new CrdtRules());
        sim.run((name, value) -> {});
        return sim.world.traceHash();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            names = {"ACTOR_NAMED_AFTER_THE_NODE", "RESTART_NOT_NOTICED"})
    void aPlantedFaultIsFound(Mutant mutant) {
        assertThat(search(mutant, 20).seed()).as("%s", mutant).isPositive();
    }

    /** The first seed that a fault does not survive, or 0. */
    static Found search(Mutant mutant, int most) {
        for (long seed = 1; seed <= most; seed++) {
            try {
                new CrdtSim(seed, mutant.rules).run((name, value) -> {});
            } catch (AssertionError e) {
                return new Found(
                        seed, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            }
        }
        return new Found(0, "");
    }
}
