package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.testkit.cluster.ProcessCluster;
import io.holdfast.testkit.cluster.ProcessNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Discovery over the real wire: three nodes in JVMs of their own, which the operating system kills and stops. Every test leaves three healthy nodes behind.
 *
 * <p>A suspicion lasts 20 protocol periods (6 s) here, so that what is known sooner was known from the closed connection.
 */
@DisabledOnOs(OS.WINDOWS)
@Tag("slow")
class DiscoveryOnTheWireTest {
    /** The program of each process. */
    static final class NodeProgram {
        public static void main(String[] args) {
            Holdfast.run(args).awaitShutdown();
        }
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SUSPICION = Duration.ofSeconds(6);
    private static final Set<String> ALL = Set.of("a", "b", "c");
    private static final Pattern ALIVE = Pattern.compile("\"id\":\"([^\"]+)\"[^}]*\"state\":\"ALIVE\"");
    private static final Pattern LISTED = Pattern.compile("\"id\":\"([^\"]+)\"");
    private static final Pattern CLUSTER = Pattern.compile("\"clusterId\":\"([0-9a-f]+)\"");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    @TempDir
    static Path directory;

    private static ProcessCluster cluster;
    private static Environment environment;
    private static MonotonicClock clock;
    private static String seeds;

    @BeforeAll
    static void threeNodesStartAtOnce() {
        environment = Environment.system();
        clock = environment.clock();
        cluster = ProcessCluster.in(directory);
        List<Integer> ports = List.of(cluster.freePort(), cluster.freePort(), cluster.freePort());
        seeds = "127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d".formatted(ports.toArray());
        int next = 0;
        for (String name : List.of("a", "b", "c")) {
            start(
                    name,
                    "--holdfast.node.id=" + name,
                    "--holdfast.node.bind=127.0.0.1:" + ports.get(next++),
                    "--holdfast.node.expect=3",
                    "--holdfast.node.data-dir=" + directory.resolve("memory-" + name));
        }
    }

    @AfterAll
    static void closeAll() {
        cluster.close();
        environment.close();
    }

    @BeforeEach
    void allAreHealthy() {
        for (String name : ALL) {
            await().atMost(LIMIT).until(() -> seen(name, ALIVE), ALL::equals);
        }
    }

    private static ProcessNode start(String name, String... arguments) {
        int admin = cluster.freePort();
        return cluster.node(name, NodeProgram.class)
                .arguments(arguments)
                .arguments(
                        "--holdfast.node.seeds=" + seeds,
                        "--holdfast.admin.port=" + admin,
                        "--holdfast.discovery.swim.suspicion-multiplier=20",
                        "--holdfast.discovery.swim.suspicion-max-multiplier=1")
                .jvmOptions("-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .admin(URI.create("http://127.0.0.1:" + admin))
                .start();
    }

    private static String page(String node, String path) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(cluster.node(node).admin().resolve(path))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException notUp) {
            return "";
        }
    }

    private static Set<String> seen(String by, Pattern pattern) throws InterruptedException {
        Set<String> ids = new HashSet<>();
        Matcher matcher = pattern.matcher(page(by, "/admin/members"));
        while (matcher.find()) {
            ids.add(matcher.group(1));
        }
        return ids;
    }

    private static Set<String> clusterIds() throws InterruptedException {
        Set<String> ids = new HashSet<>();
        for (String name : ALL) {
            Matcher matcher = CLUSTER.matcher(page(name, "/admin/members"));
            ids.add(matcher.find() ? matcher.group(1) : "none at " + name);
        }
        return ids;
    }

    /** Until all others have declared it dead; prints how long that took. */
    private static void awaitGone(String what, String gone, Duration limit) {
        long begin = clock.nanoTime();
        for (String name : ALL) {
            if (!name.equals(gone)) {
                await().atMost(limit)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> seen(name, LISTED), listed -> listed.contains(name) && !listed.contains(gone));
            }
        }
        System.out.printf("%s: known to all after %d ms%n", what, (clock.nanoTime() - begin) / 1_000_000);
    }

    @Test
    void nodesThatStartAtOnceFormOneClusterWhoseIdOutlivesARestartOfAll() throws Exception {
        Set<String> formed = clusterIds();
        assertThat(formed).hasSize(1).allMatch(id -> id.matches("[0-9a-f]{32}"));
        ALL.forEach(name -> cluster.node(name).kill());
        ALL.forEach(name -> cluster.node(name).restart());
        allAreHealthy();
        assertThat(clusterIds()).isEqualTo(formed);
    }

    @Test
    void aKilledProcessIsKnownFromItsClosedConnectionsLongBeforeASuspicionEnds() throws Exception {
        ProcessNode victim = cluster.node("b");
        victim.kill();
        awaitGone("killed", "b", SUSPICION.minusSeconds(1));
        victim.restart();
        allAreHealthy();
    }

    @Test
    void aStoppedProcessKeepsItsConnectionsAndIsKnownAfterProbesAndSuspicionAndComesBack() throws Exception {
        ProcessNode victim = cluster.node("c");
        victim.pause();
        try {
            awaitGone("stopped", "c", LIMIT);
            assertThat(page("a", "/admin/explain?area=swim&subject=c"))
                    .contains("was SUSPECT, declared dead by")
                    .doesNotContain("said goodbye");
        } finally {
            victim.resume();
        }
        allAreHealthy();
    }

    @Test
    void aNodeOfAnotherClusterNameIsRefusedWithAMessageOnBothSides() throws Exception {
        ProcessNode stranger = start("stranger", "--holdfast.node.id=stranger", "--holdfast.node.cluster=other");
        String rule = "cluster name (other) must be holdfast";
        String reverse = "cluster name (holdfast) must be other";
        stranger.awaitOutput("refused", LIMIT);
        assertThat(stranger.output()).anyMatch(line -> line.contains(rule) || line.contains(reverse));
        await().atMost(LIMIT)
                .until(() -> ALL.stream()
                        .flatMap(name -> cluster.node(name).output().stream())
                        .anyMatch(
                                line -> line.contains("stranger") && (line.contains(rule) || line.contains(reverse))));
        stranger.kill();
        allAreHealthy();
    }

    @Test
    void aSecondNodeOfOneIdIsRefusedWithAMessageOnBothSidesAndTheFirstStays() throws Exception {
        ProcessNode twin = start("twin", "--holdfast.node.id=b");
        String rule = "node id (b) is taken by";
        twin.awaitOutput(rule, LIMIT);
        await().atMost(LIMIT)
                .until(() -> ALL.stream()
                        .flatMap(name -> cluster.node(name).output().stream())
                        .anyMatch(line -> line.contains(rule)));
        assertThat(twin.isAlive() && page("twin", "/health/ready").contains("\"status\":\"UP\",\"checks\""))
                .as("the twin is ready")
                .isFalse();
        twin.kill();
        allAreHealthy();
    }
}
