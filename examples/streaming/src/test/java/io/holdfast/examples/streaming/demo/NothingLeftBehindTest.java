package io.holdfast.examples.streaming.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class NothingLeftBehindTest {
    /** A starved machine takes long for four JVMs. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Process demo;

    @AfterEach
    void killDemo() {
        if (demo != null) { // a test that failed leaves nothing behind either
            demo.descendants().forEach(ProcessHandle::destroyForcibly);
            demo.destroyForcibly();
        }
    }

    @TempDir
    private Path directory;

    private void startDemo() throws IOException {
        startDemoUntil("load begins");
    }

    private void startDemoUntil(String event) throws IOException {
        Path output = directory.resolve("demo.txt");
        demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Ddemo.directory=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Demo.class.getName(),
                        "--headless",
                        "--seconds",
                        "60")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        await().atMost(LIMIT).until(() -> Files.readString(output).contains(event));
    }

    @Test
    void endsItsNodesWhenItIsKilled() throws IOException {
        startDemo();
        List<ProcessHandle> nodes = demo.descendants().toList();
        assertThat(nodes).hasSizeGreaterThanOrEqualTo(3);
        demo.destroyForcibly();
        await().atMost(LIMIT).until(() -> nodes.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void endsItsNodesWhenItIsKilledBeforeTheyAreReady() throws IOException {
        startDemoUntil("started 3 nodes");
        List<ProcessHandle> nodes = demo.descendants().toList();
        assertThat(nodes).isNotEmpty();
        demo.destroyForcibly();
        await().atMost(LIMIT).until(() -> nodes.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void endsItsNodesAndDeletesItsFilesBeforeItEndsOnSigterm() throws Exception {
        startDemo();
        List<ProcessHandle> nodes = demo.descendants().toList();
        demo.destroy();
        assertThat(demo.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(nodes).noneMatch(ProcessHandle::isAlive);
        try (var files = Files.list(directory)) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("holdfast-demo-")))
                    .allMatch(Files::isRegularFile); // the lock that runs share
        }
    }
}
