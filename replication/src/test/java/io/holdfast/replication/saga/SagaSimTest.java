package io.holdfast.replication.saga;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.sim.Sweep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sagas amid kills, pauses, lost answers and two owners at once: every effect exactly once or taken back exactly once, and all end. Over a few seeds here, over 2,000 in {@link SagaSimNightlyTest}. */
class SagaSimTest {
    int seeds() {
        return 2;
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

    @Test
    void theSameSeedGivesTheSameRun() {
        assertThat(hash(7)).isEqualTo(hash(7)).isNotEqualTo(hash(8));
    }

    private static long hash(long seed) {
        SagaSim sim = new SagaSim(seed, new SagaRules());
        sim.run((name, value) -> {});
        return sim.world.traceHash();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            names = {"KEY_OF_THE_ATTEMPT", "CALLED_AGAIN_THOUGH_NOT_IDEMPOTENT"})
    void aPlantedFaultIsFound(Mutant mutant) {
        assertThat(SagaMutantsTest.search(mutant.rules, 50).seed())
                .as("%s", mutant)
                .isPositive();
    }
}
