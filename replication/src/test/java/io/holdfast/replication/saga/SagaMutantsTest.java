package io.holdfast.replication.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults planted in the rules of sagas are found by the simulation. */
@Tag("slow")
class SagaMutantsTest {
    record Found(long seed, String how) {}

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void aPlantedFaultIsFound(Mutant mutant) {
        assumeThat(Mutant.RARE).doesNotContain(mutant);
        Found found = search(mutant.rules, 1000);
        System.out.println(mutant + ": seed " + found.seed() + ": " + found.how());
        assertThat(found.seed()).as("%s", mutant).isPositive();
    }

    /** The first seed that a fault does not survive, or 0. */
    static Found search(SagaRules rules, int most) {
        for (long seed = 1; seed <= most; seed++) {
            try {
                new SagaSim(seed, rules).run((name, value) -> {});
            } catch (AssertionError e) {
                return new Found(
                        seed, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            }
        }
        return new Found(0, "");
    }
}
