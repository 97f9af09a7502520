package io.holdfast.examples.streaming.demo;

import io.holdfast.examples.streaming.StreamingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One node in a JVM of its own. It ends when its standard input does, so it never outlives this process. For use by many threads.
 */
final class NodeProcess {
    private final String name;
    private final Path log;
    private final Process process;

    private NodeProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts a node; its output is added to a file.
     *
     * @param name the node id
     * @param config its configuration
     * @param log takes its output
     */
    static NodeProcess start(String name, Path config, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(StreamingNode.class.getName());
        command.add("--config=" + config);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new NodeProcess(name, log, process);
        } catch (IOException e) {
            throw new UncheckedIOException("node " + name + " cannot be started with " + command.get(0), e);
        }
    }

    /** Small and quick to start: three nodes and the load share the demo's machine. */
    private static List<String> jvmFlags() {
        List<String> flags = new ArrayList<>(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xms48m",
                "-Xmx192m",
                "-XX:-UsePerfData"));
        Path archive = Path.of(System.getProperty("demo.archive", ""));
        if (Files.isRegularFile(archive)) { // ./demo makes it
            flags.add("-XX:SharedArchiveFile=" + archive);
        }
        if (Runtime.version().feature() >= 24) { // libraries load natives; older JDKs do not know the flags
            flags.add("--enable-native-access=ALL-UNNAMED");
            flags.add("--sun-misc-unsafe-memory-access=allow");
        }
        return flags;
    }

    String name() {
        return name;
    }

    boolean alive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        await(Duration.ofSeconds(5));
    }

    /** SIGTERM, and waits for the end; SIGKILL when it does not come. */
    boolean terminate(Duration limit) {
        process.destroy();
        boolean ended = await(limit);
        if (!ended) {
            kill();
        }
        return ended;
    }

    void signalTerminate() {
        process.destroy();
    }

    private boolean await(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The last lines that it wrote, for a message about its end. */
    String lastOutput(int lines) {
        try {
            List<String> all = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join("\n  ", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(its output " + log + " cannot be read)";
        }
    }
}
