package io.holdfast.replication.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link QuorumSimTest} over 2,000 seeds, and every {@link Mutant}. */
@Tag("slow")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class QuorumSimNightlyTest extends QuorumSimTest {
    private static final int MOST = Integer.getInteger("holdfast.mutant.seeds", 1000);

    @Override
    int seeds() {
        return 2000;
    }

    @Test
    void everyPlantedFaultIsFoundWithinAThousandSeeds() {
        Set<Mutant> survivors = EnumSet.noneOf(Mutant.class);
        for (Mutant mutant : Mutant.values()) {
            Found found = search(mutant, MOST);
            System.out.printf(
                    Locale.ROOT,
                    "%-44s %s%n",
                    mutant.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    found.seed() == 0 ? "SURVIVES " + MOST + " seeds" : "seed " + found.seed() + ": " + found.how());
            if (found.seed() == 0) {
                survivors.add(mutant);
            }
        }
        assertThat(survivors).isEmpty();
    }
}
