package io.holdfast.replication.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.sim.Sweep;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class ConsumerGroupSimNightlyTest {
    @Test
    void consumersThatFallLeaveNoGapAndRepeatNothingBehindTheCommittedPosition() {
        Sweep.Report report = ConsumerGroupSimTest.sweep(500);
        assertThat(report.figure("begun again").max()).isPositive();
    }
}
