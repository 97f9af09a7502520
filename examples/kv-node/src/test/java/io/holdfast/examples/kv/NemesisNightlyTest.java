package io.holdfast.examples.kv;

import io.holdfast.core.env.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Every fault, again and again: {@code -Dholdfast.nemesis.rounds} times each. */
@Tag("slow")
@DisabledOnOs(OS.WINDOWS)
class NemesisNightlyTest {
    private static final int ROUNDS = Integer.getInteger("holdfast.nemesis.rounds", 4);

    private static void run(int nodes) throws Exception {
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            faults.addAll(List.of(Fault.values()));
        }
        try (Environment environment = Environment.system()) {
            new NemesisRun(
                            "of-" + nodes,
                            NemesisRun.seed(environment),
                            nodes,
                            12,
                            ROUNDS * 5_000,
                            Duration.ofSeconds(10))
                    .run(faults);
        }
    }

    @Test
    @Timeout(7200)
    void threeNodesLoseAndInventNothing() throws Exception {
        run(3);
    }

    @Test
    @Timeout(7200)
    void fiveNodesLoseAndInventNothing() throws Exception {
        run(5);
    }

    @Test
    @Timeout(3600)
    void clientsOfOtherNodesGoOnWhenTheLeaderIsKilled(@TempDir Path folder) throws Exception {
        try (Environment environment = Environment.system();
                KvCluster cluster = KvCluster.start(folder, 3, "-Xmx256m", "-XX:+UseSerialGC")) {
            new FailOver(cluster, environment).run(5 * ROUNDS);
        }
    }
}
