package io.holdfast.testkit.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.node.LaunchedNode;
import io.holdfast.testkit.cluster.HoldfastCluster;
import io.holdfast.testkit.cluster.TestCluster;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimEnvironment;
import io.holdfast.testkit.sim.SimWorld;
import io.holdfast.testkit.sim.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code of docs/testkit.md. */
class GuideTest {
    @Test
    void aNodeThatIsCutOffIsLostAndFoundAgain() {
        var world = SimWorld.seed(42).nodes("a", "b", "c").start(Heartbeat::new);
        world.network().cut("a", "c"); // b can still reach c
        world.advance(Duration.ofSeconds(10));
        assertThat(world.node("a").protocol().isSilent("c")).isTrue();
        assertThat(world.node("b").protocol().isSilent("c")).isFalse();

        world.network().heal();
        world.runUntil(() -> !world.node("a").protocol().isSilent("c"), Duration.ofSeconds(2));
    }

    @Test
    void aKilledNodeIsNoticedSoonUnderAnySeed() {
        var report = Sweep.of("guide: a killed node is noticed", 50, run -> {
            var world = SimWorld.seed(run.seed())
                    .nodes(10)
                    .links(LinkFaults.lan().withLoss(0.05))
                    .startWithin(Duration.ofSeconds(1))
                    .start(Heartbeat::new);
            world.advance(Duration.ofSeconds(30));
            world.node("n3").kill();
            run.figure(
                    "noticed by all (ms)",
                    world.runUntil(
                            () -> world.live().stream()
                                    .allMatch(node -> node.protocol().isSilent("n3")),
                            Duration.ofSeconds(10)));
        });
        assertThat(report.figure("noticed by all (ms)").p99()).isLessThan(6_000);
    }

    @Test
    void aTimerRunsInVirtualTime() {
        SimEnvironment environment = SimEnvironment.seed(1);
        AtomicInteger runs = new AtomicInteger();
        environment.scheduler().schedule(Duration.ofHours(1), runs::incrementAndGet);
        environment.advance(Duration.ofMinutes(59));
        assertThat(runs).hasValue(0);
        environment.advance(Duration.ofMinutes(1));
        assertThat(runs).hasValue(1);
    }

    @Test
    @HoldfastCluster(nodes = 3, settings = "holdfast.node.zone=a")
    void allNodesSeeANewOne(TestCluster cluster) {
        LaunchedNode added = cluster.addNode(Map.of("holdfast.node.zone", "b"));
        assertThat(cluster.node(0).membership().member(added.id())).isPresent();
    }

    @Test
    void theGuideShowsCodeOfThisFolderOnly() throws IOException {
        Path folder = Path.of("src/test/java/io/holdfast/testkit/guide");
        String sources = dense(Files.readString(folder.resolve("GuideTest.java")))
                + dense(Files.readString(folder.resolve("Heartbeat.java")))
                + dense(Files.readString(folder.resolveSibling("cluster").resolve("ProcessClusterTest.java")))
                + dense(Files.readString(folder.resolveSibling("history").resolve("HistoryRecorderTest.java")));
        Matcher blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/testkit.md")));
        List<String> shown =
                blocks.results().map(block -> dense(block.group(1))).toList();
        assertThat(shown).hasSizeGreaterThan(3).allMatch(sources::contains, "code of the tests");
    }

    private static String dense(String code) {
        return code.replaceAll("\\s", "");
    }
}
