package io.holdfast.circuitbreaker.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.call.Criticality;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A resource that runs out costs the lowest class first, and never more classes than may be shed for it. */
class PressureTest {
    private static double refused(Pressure pressure, Criticality criticality) {
        return IntStream.range(0, 1000)
                        .filter(i -> pressure.refuses(criticality))
                        .count()
                / 1000.0;
    }

    @Test
    void itRefusesAGrowingShareOfTheLowestClassFirst() {
        Pressure pressure = new Pressure(0.9, 2);
        pressure.tick(0.95);
        pressure.tick(0.95); // half of the excess that is possible, twice a step: a quarter
        assertThat(refused(pressure, Criticality.SHEDDABLE)).isBetween(0.24, 0.26);
        assertThat(refused(pressure, Criticality.SHEDDABLE_PLUS)).isZero();
        for (int i = 0; i < 100; i++) {
            pressure.tick(1);
        }
        assertThat(refused(pressure, Criticality.SHEDDABLE_PLUS)).isEqualTo(1);
        assertThat(refused(pressure, Criticality.CRITICAL)).isZero();
    }

    @Test
    void itLetsGoWhenTheThresholdIsHeld() {
        Pressure pressure = new Pressure(0.9, 2);
        for (int i = 0; i < 100; i++) {
            pressure.tick(1);
        }
        for (int i = 0; i < 8; i++) {
            pressure.tick(0.5);
        }
        assertThat(refused(pressure, Criticality.SHEDDABLE)).isZero();
    }

    /** A share of lowest-class calls is let in that just keeps the resource at its threshold: no swinging between all and nothing. */
    @Test
    void itSettlesWhereTheThresholdIsHeld() {
        Pressure pressure = new Pressure(0.9, 2);
        double used = 0;
        for (int i = 0; i < 200; i++) {
            used = Math.min(1, 2 * (1 - refused(pressure, Criticality.SHEDDABLE))); // twice the capacity is asked for
            pressure.tick(used);
        }
        double low = 1;
        for (int i = 0; i < 50; i++) {
            used = Math.min(1, 2 * (1 - refused(pressure, Criticality.SHEDDABLE)));
            low = Math.min(low, used);
            pressure.tick(used);
        }
        assertThat(low).isGreaterThan(0.5);
    }

    @Test
    void aThresholdOfTheWholeIsNeverPassed() {
        Pressure pressure = new Pressure(1, 2);
        pressure.tick(1);
        assertThat(pressure.level()).isZero();
    }
}
