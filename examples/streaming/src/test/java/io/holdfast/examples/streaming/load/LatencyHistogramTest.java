package io.holdfast.examples.streaming.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class LatencyHistogramTest {
    @Property(tries = 300)
    void isWithinTwoPercentOfTheSortedList(
            @ForAll @Size(min = 1, max = 200) List<@LongRange(max = 10_000_000) Long> micros) {
        LatencyHistogram histogram = new LatencyHistogram();
        for (long one : micros) {
            histogram.add(TimeUnit.MICROSECONDS.toNanos(one));
        }
        List<Long> sorted = micros.stream().sorted().toList();
        for (double share : new double[] {0.01, 0.5, 0.99, 1}) {
            double exact = sorted.get(Math.max(1, (int) Math.ceil(share * sorted.size())) - 1) / 1000.0;
            assertThat(histogram.millisAt(share)).isCloseTo(exact, within(exact * 0.02 + 0.001));
        }
    }
}
