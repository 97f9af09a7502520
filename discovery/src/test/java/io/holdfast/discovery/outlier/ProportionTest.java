package io.holdfast.discovery.outlier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProportionTest {
    private static final double TWO_SIDED_95 = 1.959964;

    @Test
    void theIntervalsAreThoseOfNewcombesPaper() {
        Proportion first = new Proportion(56, 70); // Newcombe 1998, table II, example (a), method 10
        Proportion second = new Proportion(48, 80);
        assertThat(first.excessLower(second, TWO_SIDED_95)).isCloseTo(0.0524, within(0.0001));
        assertThat(first.excessUpper(second, TWO_SIDED_95)).isCloseTo(0.3339, within(0.0001));
        Proportion none = new Proportion(0, 10); // example (h)
        assertThat(new Proportion(10, 10).excessLower(none, TWO_SIDED_95)).isCloseTo(0.6075, within(0.001));
    }

    @Test
    void nothingCountedSaysNothing() {
        Proportion nothing = new Proportion(0, 0);
        assertThat(nothing.lower(3)).isZero();
        assertThat(nothing.upper(3)).isEqualTo(1);
        assertThat(new Proportion(5, 5).excessLower(nothing, 3)).isNegative();
    }

    @Test
    void theTrueShareIsSeldomBelowTheLowerBound() {
        SplittableRandom random = new SplittableRandom(1);
        for (double share : new double[] {0.01, 0.2, 0.9}) {
            int missed = 0;
            for (int trial = 0; trial < 2000; trial++) {
                int hits = 0;
                for (int i = 0; i < 80; i++) {
                    hits += random.nextDouble() < share ? 1 : 0;
                }
                missed += new Proportion(hits, 80).lower(2.33) > share ? 1 : 0;
            }
            assertThat(missed).as("of 2000, share %s", share).isLessThan(100);
        }
    }
}
