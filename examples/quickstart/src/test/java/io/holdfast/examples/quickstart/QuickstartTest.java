package io.holdfast.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
    private static final Path SOURCES = Path.of("src/main/java/io/holdfast/examples/quickstart");
    private static final Path README = Path.of("../../README.md");

    @TempDir
    private Path directory;

    @Test
    void standsInTheReadmeWordForWord() throws IOException {
        String readme = Files.readString(README);
        for (String source : List.of("Greeter.java", "GreeterService.java", "Caller.java")) {
            assertThat(readme).contains("```java\n" + Files.readString(SOURCES.resolve(source)) + "```\n");
        }
    }

    @Test
    void needsAtMostTwentyLinesForTheServiceAndForTheCaller() throws IOException {
        assertThat(lines("Greeter.java") + lines("GreeterService.java")).isLessThanOrEqualTo(20);
        assertThat(lines("Caller.java")).isLessThanOrEqualTo(20);
    }

    private static long lines(String source) throws IOException {
        return Files.readAllLines(SOURCES.resolve(source)).stream()
                .filter(line -> !line.isBlank())
                .count();
    }

    @Test
    void runsAsTwoProcessesThatFindEachOther() throws Exception {
        int port = freePort();
        Path serviceOutput = directory.resolve("service.txt");
        Process service = start(
                GreeterService.class,
                serviceOutput,
                "--holdfast.node.id=greeter-1",
                "--holdfast.node.bind=127.0.0.1:" + port);
        try {
            Path callerOutput = directory.resolve("caller.txt");
            Process caller = start(
                    Caller.class,
                    callerOutput,
                    "--holdfast.node.id=caller-1",
                    "--holdfast.node.seeds=127.0.0.1:" + port);
            boolean ended = caller.waitFor(30, TimeUnit.SECONDS);
            if (!ended) {
                printThreads(caller);
                printThreads(service);
            }
            caller.destroyForcibly();
            assertThat(ended).as(text(callerOutput) + text(serviceOutput)).isTrue();
            assertThat(text(callerOutput)).contains("Hello, Ada");
            assertThat(caller.exitValue()).isZero();
        } finally {
            service.destroy();
            assertThat(service.waitFor(10, TimeUnit.SECONDS))
                    .as(text(serviceOutput))
                    .isTrue();
            service.destroyForcibly();
        }
    }

    /** What a program that hangs was doing goes to its output. */
    private static void printThreads(Process process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        process.waitFor(2, TimeUnit.SECONDS);
    }

    private Process start(Class<?> main, Path output, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static String text(Path output) throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
