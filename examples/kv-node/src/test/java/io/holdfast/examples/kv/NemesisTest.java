package io.holdfast.examples.kv;

import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The short form of {@link NemesisNightlyTest}: three faults that fit into half a minute. */
@DisabledOnOs(OS.WINDOWS)
class NemesisTest {
    @Test
    @Timeout(600)
    void whatClientsWereToldIsLinearizableAndNothingAcknowledgedIsLost() throws Exception {
        try (Environment environment = Environment.system()) {
            new NemesisRun(
                            "short",
                            NemesisRun.seed(environment),
                            3,
                            12,
                            3_000,
                            Duration.ofSeconds(2),
                            KvCluster.Ground.PLAIN)
                    .run(List.of(Fault.KILL_LEADER, Fault.PAUSE_LEADER, Fault.BIT_ROT));
        }
    }
}
