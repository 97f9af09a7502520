package io.holdfast.examples.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.env.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every fault that is possible here, again and again: {@code -Dholdfast.nemesis.rounds} rounds, by turns of three and of five nodes, each judged at its end. Ten rounds are 200 faults and half a million
 * operations. {@code -Dholdfast.nemesis.faults=BIT_ROT,DISK_FULL} chooses some.
 */
@Tag("slow")
@DisabledOnOs(OS.WINDOWS)
class NemesisNightlyTest {
    private static final int ROUNDS = Integer.getInteger("holdfast.nemesis.rounds", 2);
    private static final int OPERATIONS_A_ROUND = 55_000;
    private static final int CLIENTS = 48;

    private static List<Fault> faults() {
        String chosen = System.getProperty("holdfast.nemesis.faults", "");
        return chosen.isEmpty()
                ? Fault.possibleHere()
                : Arrays.stream(chosen.split(",")).map(Fault::valueOf).toList();
    }

    @Test
    @Timeout(14_400)
    void nodesLoseAndInventNothing() throws Exception {
        List<NemesisRun.Result> results = new ArrayList<>();
        try (Environment environment = Environment.system()) {
            long seed = NemesisRun.seed(environment);
            for (int round = 0; round < ROUNDS; round++) {
                results.add(new NemesisRun(
                                "round-" + round,
                                seed + round,
                                round % 2 == 0 ? 3 : 5,
                                CLIENTS,
                                OPERATIONS_A_ROUND,
                                Duration.ofSeconds(8),
                                KvCluster.Ground.OWN)
                        .run(faults()));
                System.out.println("nemesis: " + (round + 1) + " rounds: " + NemesisRun.Result.sum(results));
            }
        }
        assertThat(NemesisRun.Result.sum(results).counts().all()).isGreaterThan(ROUNDS * OPERATIONS_A_ROUND);
    }

    @Test
    @Timeout(3600)
    void noReadIsStaleOnEitherSideOfACut(@TempDir Path folder) throws Exception {
        for (int nodes : new int[] {3, 5}) {
            try (Environment environment = Environment.system();
                    KvCluster cluster = KvCluster.start(
                            folder.resolve("of-" + nodes), nodes, KvCluster.Ground.PLAIN, NemesisRun.JVM)) {
                new StaleReads(cluster, environment).run(5 * ROUNDS);
            }
        }
    }

    @Test
    @Timeout(3600)
    void noLockIsHeldByTwoTokensNoOfficeByTwoTermsAndNoLeaderOnlyBodyRunsInTwo(@TempDir Path folder) throws Exception {
        try (Environment environment = Environment.system();
                KvCluster cluster = KvCluster.start(
                        folder,
                        3,
                        OfficeNode.class,
                        Map.of("holdfast.consensus.session-time-to-live", OfficeNode.TIME_TO_LIVE.toSeconds() + "s"),
                        NemesisRun.JVM)) {
            new Offices(cluster, new SplittableRandom(NemesisRun.seed(environment))).run(8 * ROUNDS);
        }
    }

    @Test
    @Timeout(3600)
    void clientsOfOtherNodesGoOnWhenTheLeaderIsKilled(@TempDir Path folder) throws Exception {
        try (Environment environment = Environment.system();
                KvCluster cluster =
                        KvCluster.start(folder, 3, KvCluster.Ground.PLAIN, "-Xmx256m", "-XX:+UseSerialGC")) {
            new FailOver(cluster, environment).run(10 * ROUNDS);
        }
    }
}
