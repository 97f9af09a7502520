package io.holdfast.replication.saga;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.sim.Sweep;
import org.junit.jupiter.api.Test;

/** Sagas amid kills, pauses, lost answers and two owners at once: every effect exactly once or taken back exactly once, and all end. Over a few seeds here, over 2,000 in {@link SagaSimNightlyTest}. */
class SagaSimTest {
    int seeds() {
        return 6;
    }

    @Test
    void noScheduleDoesAnEffectTwiceOrLeavesOneBehind() {
        Sweep.Report report = Sweep.of(
                "sagas amid faults",
                seeds(),
                run -> new SagaSim(run.seed(), new SagaRules()).run((name, value) -> run.figure(name, value)));
        assertThat(report.figure("parked").sum()).isPositive();
        assertThat(report.figure("completed").sum()).isPositive();
    }
}
