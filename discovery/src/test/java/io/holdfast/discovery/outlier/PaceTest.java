package io.holdfast.discovery.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    void aFewSlowCallsDoNotMoveTheUsualLatency() {
        Pace pace = new Pace();
        SplittableRandom random = new SplittableRandom(5);
        double last = 0;
        for (int i = 0; i < 2000; i++) {
            boolean slow = random.nextInt(10) == 0; // one of ten instances is a hundred times as slow
            double relative = pace.relative(slow ? 100_000_000L : 1_000_000L);
            if (i < Pace.SETTLED_AFTER) {
                assertThat(relative).isNaN();
            }
            last = slow ? last : relative;
        }
        assertThat(last).isBetween(0.7, 1.4);
    }

    @Test
    void aVerySlowFirstCallIsForgotten() {
        Pace pace = new Pace();
        pace.relative(1_000_000_000L);
        for (int i = 0; i < 300; i++) {
            pace.relative(1_000_000L);
        }
        assertThat(pace.relative(1_000_000L)).isBetween(0.8, 1.3);
    }
}
