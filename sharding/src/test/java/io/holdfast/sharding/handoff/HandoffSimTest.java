package io.holdfast.sharding.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.sim.Sweep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shards amid kills, pauses, partitions, joins and leaves: no epoch has two owners, nothing is lost or stale, and after the faults everything is served. Over a few seeds here, over 2,000 in {@link HandoffSimNightlyTest}. */
class HandoffSimTest {
    record Found(long seed, String how) {}

    int seeds() {
        return 5;
    }

    @Test
    void noScheduleGivesAnEpochTwoOwnersOrLosesOrHidesAWrite() {
        Sweep.Report report = Sweep.of(
                "shards amid faults",
                seeds(),
                run -> new HandoffSim(run.seed(), new HandoffRules()).run((name, value) -> run.figure(name, value)));
        assertThat(report.figure("reads from memory").sum()).isPositive();
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        assertThat(hash(7)).isEqualTo(hash(7)).isNotEqualTo(hash(8));
    }

    private static long hash(long seed) {
        HandoffSim sim = new HandoffSim(seed, new HandoffRules());
        sim.run((name, value) -> {});
        return sim.world.traceHash();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            names = {"RESTART_KEEPS_THE_TENURE", "NO_WAIT_OUT"})
    void aPlantedFaultIsFound(Mutant mutant) {
        assertThat(search(mutant, 100).seed()).as("%s", mutant).isPositive();
    }

    /** The first seed that a fault does not survive, or 0. */
    static Found search(Mutant mutant, int most) {
        for (long seed = 1; seed <= most; seed++) {
            try {
                new HandoffSim(seed, mutant.rules).run((name, value) -> {});
            } catch (AssertionError e) {
                return new Found(
                        seed, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            }
        }
        return new Found(0, "");
    }
}
