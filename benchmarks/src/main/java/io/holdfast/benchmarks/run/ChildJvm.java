package io.holdfast.benchmarks.run;

import io.holdfast.core.DurationText;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.ShutdownHook;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of a benchmark's own that is told lines and answers lines. It must end when its standard input closes ({@link ParentLines}), so that nothing outlives the driver.
 * What it prints on standard error goes to {@code target/logs/<name>.log}. For use by one thread.
 */
public final class ChildJvm implements AutoCloseable {
    private static final int MAX_LINES = 100_000;

    private final String name;
    private final Path log;
    private final Process process;
    private final BufferedWriter input;
    private final Registration hook;
    private final LinkedBlockingQueue<Line> lines = new LinkedBlockingQueue<>(MAX_LINES);

    private ChildJvm(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.hook = ShutdownHook.register(
                "end-" + name, process::destroyForcibly); // a stopped child does not see its input close
    }

    /**
     * A line that the child printed.
     *
     * @param text what follows the first word
     * @param nanos when this process read it, by the environment's clock
     */
    public record Line(String text, long nanos) {}

    /**
     * Starts a child on this JVM's class path and with the same JDK.
     *
     * @param environment gives the reader's thread and the clock
     * @param name names the log
     * @param main the child's main class
     * @param flags for the JVM
     * @param arguments for the main class
     * @return the child
     */
    public static ChildJvm start(
            Environment environment, String name, Class<?> main, List<String> flags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        try {
            Path log = Files.createDirectories(Path.of("target", "logs")).resolve(name + ".log");
            Process process = new ProcessBuilder(command)
                    .redirectError(log.toAbsolutePath().toFile())
                    .start();
            ChildJvm child = new ChildJvm(name, log, process);
            environment.threads().start("lines-of-" + name, () -> child.read(environment));
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Environment environment) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (!lines.offer(new Line(line, environment.clock().nanoTime()))) {
                    throw new IllegalStateException(name + " printed more than " + MAX_LINES + " lines unread");
                }
            }
        } catch (IOException e) {
            lines.offer(new Line("ended " + e.getMessage(), environment.clock().nanoTime()));
            return;
        }
        lines.offer(new Line("ended", environment.clock().nanoTime()));
    }

    /**
     * The process id.
     *
     * @return the id
     */
    public long pid() {
        return process.pid();
    }

    /**
     * The processor time that the child has used.
     *
     * @return the time, in steps of 10 ms
     */
    public Duration cpu() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(
                        () -> new IllegalStateException(name + " has ended, so its time is not known; see " + log));
    }

    /**
     * Sends the child a line.
     *
     * @param line without line break
     */
    public void tell(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException e) {
            throw new IllegalStateException(name + " takes no more lines; see " + log, e);
        }
    }

    /**
     * Waits for a line that begins with a word; other lines are dropped.
     *
     * @param word the first word
     * @param limit how long to wait
     * @return the line without its first word
     * @throws IllegalStateException if the child ends or the limit passes first
     */
    public Line await(String word, Duration limit) {
        try {
            while (true) {
                Line line = lines.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (line == null) {
                    throw new IllegalStateException(
                            name + " did not say '" + word + "' within " + DurationText.of(limit) + "; see " + log);
                }
                String[] parts = line.text().split(" ", 2);
                if (parts[0].equals(word)) {
                    return new Line(parts.length == 2 ? parts[1] : "", line.nanos());
                }
                if (parts[0].equals("ended")) {
                    throw new IllegalStateException(name + " ended before it said '" + word + "'; see " + log);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
    }

    /** Kills the child with SIGKILL. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Stops the child with SIGSTOP: its sockets stay open and nothing answers. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets a stopped child go on (SIGCONT). */
    public void thaw() {
        signal("CONT");
    }

    /**
     * Asks the child to end (SIGTERM), and waits for that.
     *
     * @param limit how long to wait
     * @throws IllegalStateException if it has not ended by then
     */
    public void terminate(Duration limit) {
        process.toHandle()
                .destroy(); // the process's own would close its standard input too, and with that it ends at once
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        name + " did not end within " + DurationText.of(limit) + " of SIGTERM; see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the end of " + name, e);
        }
    }

    private void signal(String signal) {
        try {
            int status = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + signal + " " + pid() + " ended with status " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending SIG" + signal + " to " + name, e);
        }
    }

    /** Ends the child: closes its standard input, and kills it if it is still there after a while. */
    @Override
    public void close() {
        try {
            input.close();
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroyForcibly(); // it died before it read what it was told
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            hook.close();
        }
    }
}
