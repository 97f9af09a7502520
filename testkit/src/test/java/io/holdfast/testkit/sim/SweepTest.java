package io.holdfast.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SweepTest {
    @Test
    void figuresAreTheRanksOfAllRunsAndAreKeptInAFile() throws Exception {
        var report = Sweep.of("figures of a sweep", 100, run -> {
            run.figure("number", run.seed());
            run.figure("wait", Duration.ofMillis(run.seed() * 10));
        });
        assertThat(report.figure("number")).isEqualTo(new Sweep.Figure(100, 50, 99, 100, 5050));
        assertThat(report.figure("wait").p99()).isEqualTo(990);
        assertThat(Files.readString(Path.of("target/sweeps/figures-of-a-sweep.txt")))
                .contains("100 seeds, 0 failed")
                .contains("wait");
        assertThatThrownBy(() -> report.figure("nothing")).hasMessageContaining("[number, wait]");
    }

    @Test
    void aFailingSeedIsNamedWithTheWayToRunItAlone() {
        assertThatThrownBy(() -> Sweep.of("a sweep that fails", 10, run -> {
                    if (run.seed() == 7) {
                        throw new IllegalStateException("broken rule");
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 of 10 seeds failed")
                .hasMessageContaining("seed 7: java.lang.IllegalStateException: broken rule")
                .hasMessageContaining("-Dholdfast.sweep.seed=7");
    }

    /** The size of the membership suites: 100 nodes, one virtual hour, a probe and an answer a second and node. Prints what the simulator itself costs. */
    @Test
    @Tag("slow")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void anHourOfAHundredNodesIsCheap() {
        Sweep.of("an hour of 100 chattering nodes", 20, run -> {
            var world = SimWorld.seed(run.seed())
                    .nodes(100)
                    .links(LinkFaults.lan().withLoss(0.05))
                    .startWithin(Duration.ofSeconds(1))
                    .start(Chatter::new);
            world.advance(Duration.ofHours(1));
            run.figure("events", world.events());
        });
    }
}
