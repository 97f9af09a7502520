package io.holdfast.benchmarks.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Whether a heap is flat. */
class TrendTest {
    private final Trend trend = new Trend();

    @Test
    void aLineRisesByWhatLiesBetweenItsEnds() {
        for (int i = 0; i <= 10; i++) {
            trend.add(100 + 30 * i, 200 + 2 * i);
        }
        assertThat(trend.rise()).isCloseTo(20, within(1e-6));
        assertThat(trend.mean()).isCloseTo(210, within(1e-6));
    }

    @Test
    void whatGoesUpAndDownIsFlat() {
        double[] values = {210, 190, 210, 190, 190, 210, 190, 210};
        for (int i = 0; i < values.length; i++) {
            trend.add(i, values[i]);
        }
        assertThat(trend.rise()).isCloseTo(0, within(1e-6));
    }

    @Test
    void oneValueDoesNotRise() {
        trend.add(1, 500);
        assertThat(trend.rise()).isZero();
    }
}
