package io.holdfast.sharding.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.sim.Sweep;
import org.junit.jupiter.api.Test;

/** Shards amid kills, pauses, partitions, joins and leaves: no epoch has two owners, nothing is lost or stale, and after the faults everything is served. Over a few seeds here, over 2,000 in {@link HandoffSimNightlyTest}. */
class HandoffSimTest {
    int seeds() {
        return 60;
    }

    @Test
    void noScheduleGivesAnEpochTwoOwnersOrLosesOrHidesAWrite() {
        Sweep.Report report = Sweep.of(
                "shards amid faults", seeds(), run -> new HandoffSim(run.seed(), new HandoffRules()).run(run));
        assertThat(report.figure("reads from memory").sum()).isPositive();
    }
}
