package io.holdfast.circuitbreaker.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MaxMinTest {
    @Test
    void whoAsksForLittleGetsItAndTheRestIsDividedEvenly() {
        List<Double> wants = List.of(10.0, 100.0, 100.0);
        assertThat(MaxMin.share(100, wants, 10)).isEqualTo(10);
        assertThat(MaxMin.share(100, wants, 100)).isEqualTo(45);
        assertThat(MaxMin.share(240, wants, 10)).isEqualTo(20);
    }

    @Property(tries = 1000)
    void allSharesTogetherAreTheTotalAndNobodyWhoLacksGetsLessThanAnother(
            @ForAll @Size(min = 1, max = 20) List<@DoubleRange(max = 1e6) Double> wants,
            @ForAll @DoubleRange(min = 1, max = 1e6) double total) {
        List<Double> shares =
                wants.stream().map(want -> MaxMin.share(total, wants, want)).toList();
        double sum = shares.stream().mapToDouble(Double::doubleValue).sum();
        assertThat(sum).isCloseTo(total, within(total * 1e-9));
        double most = shares.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        for (int i = 0; i < wants.size(); i++) {
            if (shares.get(i) < wants.get(i) - total * 1e-9) {
                assertThat(shares.get(i)).isCloseTo(most, within(total * 1e-9));
            }
        }
    }
}
