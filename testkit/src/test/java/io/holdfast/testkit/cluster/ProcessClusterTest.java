package io.holdfast.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.fault.Fault;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class ProcessClusterTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private static ProcessNode start(ProcessCluster cluster, String name) {
        int port = cluster.freePort();
        return cluster.node(name, ReadyProgram.class)
                .arguments(Integer.toString(port))
                .property("colour", "blue")
                .environment("SHAPE", "round")
                .jvmOptions("-Xmx32m", "-XX:TieredStopAtLevel=1")
                .admin(URI.create("http://127.0.0.1:" + port))
                .start();
    }

    @Test
    void aNodeCanBeKilledRestartedAndTerminated() {
        try (ProcessCluster cluster = ProcessCluster.in(directory)) {
            ProcessNode node = start(cluster, "a").awaitReady(LIMIT);
            assertThat(node.output().get(0)).startsWith("started with ").endsWith("blue round");
            assertThat(node.exitCode()).isEmpty();
            node.kill();
            assertThat(node.exitCode()).hasValue(137);
            long first = node.pid();
            node.restart().awaitReady(LIMIT);
            assertThat(node.pid()).isNotEqualTo(first);
            assertThat(node.output()).hasSize(2);
            node.terminate();
            assertThat(node.awaitExit(LIMIT)).isEqualTo(143);
        }
    }

    @Test
    void aStoppedNodeLivesButDoesNotAnswerUntilItGoesOn() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.in(directory)) {
            ProcessNode node = start(cluster, "a").awaitReady(LIMIT);
            node.pause();
            assertThat(node.isAlive()).isTrue();
            Path status = Path.of("/proc/" + node.pid() + "/status");
            if (Files.exists(status)) {
                assertThat(Files.readString(status)).containsPattern("State:\\s+T");
            }
            node.resume();
            node.awaitReady(LIMIT);
        }
    }

    @Test
    void aFaultOfTheCommonVocabularyHitsAProcess() {
        try (ProcessCluster cluster = ProcessCluster.in(directory)) {
            ProcessNode node = start(cluster, "a").awaitReady(LIMIT);
            cluster.inject("a", new Fault.Pause(Duration.ofMillis(50)));
            node.awaitReady(LIMIT); // it goes on by itself
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cluster.inject("a", "a", new Fault.Kill()))
                    .withMessageContaining("cannot hit the link between a and a");
            assertThatThrownBy(() -> cluster.inject("a", "a", new Fault.Drop()))
                    .as("this program has no fault point")
                    .hasMessageContaining("holdfast.transport.fault-injection=true");
            cluster.inject("a", new Fault.Kill());
            assertThat(node.exitCode()).hasValue(137);
        }
    }

    @Test
    void aNodeThatEndsBeforeItIsReadyShowsItsOutput() {
        try (ProcessCluster cluster = ProcessCluster.in(directory)) {
            ProcessNode node = cluster.node("a", ReadyProgram.class)
                    .arguments("fail")
                    .admin(URI.create("http://127.0.0.1:" + cluster.freePort()))
                    .start();
            assertThatThrownBy(() -> node.awaitReady(LIMIT))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("node a ended with status 3 before it was ready")
                    .hasMessageContaining("the port is taken");
        }
    }

    @Test
    void closingLeavesNoProcessBehindNotEvenAStoppedOne() {
        ProcessNode running;
        ProcessNode stopped;
        try (ProcessCluster cluster = ProcessCluster.in(directory)) {
            running = start(cluster, "a");
            stopped = start(cluster, "b").awaitReady(LIMIT);
            stopped.pause();
        }
        assertThat(running.isAlive()).isFalse();
        assertThat(stopped.isAlive()).isFalse();
    }

    @Test
    void namesAreUniqueAndPortsAreGivenOnce() {
        try (ProcessCluster cluster = ProcessCluster.in(directory)) {
            assertThat(cluster.freePort()).isNotEqualTo(cluster.freePort());
            start(cluster, "a");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> start(cluster, "a"))
                    .withMessageContaining("process node a exists already");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cluster.node("b"))
                    .withMessageContaining("the nodes are [a]");
        }
    }
}
