package io.holdfast.replication.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.sim.Sweep;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConsumerGroupSimTest {
    static Sweep.Report sweep(int seeds) {
        return Sweep.of(
                "consumers that fall leave no gap and repeat nothing behind the committed position", seeds, run -> {
                    GroupSim sim = new GroupSim(run.seed());
                    sim.run(Duration.ofSeconds(40));
                    sim.settle();
                    run.figure("batches", sim.batches);
                    run.figure("begun again", sim.repeated);
                    run.figure("claims", sim.claims);
                });
    }

    @Test
    void consumersThatFallLeaveNoGapAndRepeatNothingBehindTheCommittedPosition() {
        Sweep.Report report = sweep(4);
        assertThat(report.figure("begun again").max())
                .as("some batches are repeated")
                .isPositive();
    }
}
