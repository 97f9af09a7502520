package io.holdfast.testkit.cluster;

import io.holdfast.core.DurationText;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** A node in a JVM of its own. For use by one thread. */
public final class ProcessNode {
    private static final int SHOWN_LINES = 60;
    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(20);

    private final Description description;
    private final Path log;
    private volatile Process process; // the hook that kills it runs on a thread of its own

    private ProcessNode(Description description, Path log, Process process) {
        this.description = description;
        this.log = log;
        this.process = process;
    }

    /**
     * The node's name.
     *
     * @return the name
     */
    public String name() {
        return description.name;
    }

    /**
     * The process id of its present life.
     *
     * @return the id
     */
    public long pid() {
        return process.pid();
    }

    /**
     * Where its admin endpoint answers.
     *
     * @return the base URI that it was described with
     * @throws IllegalStateException if it was described without
     */
    public URI admin() {
        URI admin = description.admin;
        if (admin == null) {
            throw new IllegalStateException("node " + name() + " was described without admin(URI)");
        }
        return admin;
    }

    /**
     * Whether the process runs; a stopped one does.
     *
     * @return false when it has ended
     */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * What the process printed, in all its lives.
     *
     * @return the lines
     */
    public List<String> output() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the output of node " + name() + " cannot be read", e);
        }
    }

    /**
     * Waits until {@code /health/ready} of the admin endpoint answers 200.
     *
     * @param limit how long to wait at most
     * @return this
     * @throws IllegalStateException if the process ends or the time passes before; the message holds the last lines of its output
     */
    public ProcessNode awaitReady(Duration limit) {
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        HttpRequest request = HttpRequest.newBuilder(admin().resolve("/health/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        awaitTrue("is not ready", limit, () -> {
            if (!isAlive()) {
                throw failure("ended with status " + process.exitValue() + " before it was ready");
            }
            return answers(client, request);
        });
        return this;
    }

    private static boolean answers(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /**
     * Waits until the output holds a text.
     *
     * @param text the text
     * @param limit how long to wait at most
     * @return this
     * @throws IllegalStateException if the time passes before; the message holds the last lines of its output
     */
    public ProcessNode awaitOutput(String text, Duration limit) {
        awaitTrue(
                "has not printed \"" + text + "\"",
                limit,
                () -> output().stream().anyMatch(line -> line.contains(text)));
        return this;
    }

    private void awaitTrue(String otherwise, Duration limit, Callable<Boolean> condition) {
        try {
            Awaitility.await()
                    .atMost(limit)
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            throw failure(otherwise + " after " + DurationText.of(limit));
        }
    }

    private IllegalStateException failure(String what) {
        List<String> lines = output();
        String last = String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
        return new IllegalStateException(
                "node " + name() + " " + what + "; the last lines of its output (" + log + "):\n" + last);
    }

    /** Ends the process at once (SIGKILL) and waits for its end. Nothing happens if it has ended. */
    public void kill() {
        beginKill();
        awaitExit(SIGNAL_LIMIT);
    }

    void beginKill() {
        process.destroyForcibly();
    }

    /** Asks the process to end (SIGTERM); {@link #awaitExit} waits for that. */
    public void terminate() {
        process.destroy();
    }

    /** Stops the process (SIGSTOP): it keeps its connections and says nothing, until {@link #resume} or {@link #kill}. On Linux this returns when all its threads stand. */
    public void pause() {
        signal("STOP");
        awaitTrue("has not stopped", SIGNAL_LIMIT, this::stands);
    }

    /** The state of each thread is the letter behind the name in parentheses (proc(5)). */
    private boolean stands() throws IOException {
        Path tasks = Path.of("/proc", Long.toString(pid()), "task");
        if (!Files.isDirectory(tasks)) {
            return true;
        }
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
        } catch (NoSuchFileException threadEnded) {
            return false;
        }
        return true;
    }

    /** Lets a stopped process go on (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!kill.waitFor(SIGNAL_LIMIT.toSeconds(), TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw failure("did not take SIG" + signal + " (" + said.strip() + ")");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "SIG" + signal + " needs the command kill, which only POSIX systems have", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending SIG" + signal + " to node " + name(), e);
        }
    }

    /**
     * Waits for the end of the process.
     *
     * @param limit how long to wait at most
     * @return its exit status; 128 + n after signal n (137 after SIGKILL)
     * @throws IllegalStateException if the time passes before
     */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failure("has not ended after " + DurationText.of(limit));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the end of node " + name(), e);
        }
    }

    /**
     * The exit status.
     *
     * @return the status, or empty while the process runs
     */
    public OptionalInt exitCode() {
        return isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /**
     * Starts the node anew, as it was described; kills it first if it runs.
     *
     * @return this
     */
    public ProcessNode restart() {
        kill();
        process = description.launch(log);
        return this;
    }

    /** What a node's process is to be. For use by one thread. */
    public static final class Description {
        private final ProcessCluster cluster;
        private final String name;
        private final String main;
        private final List<String> arguments = new ArrayList<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private @Nullable URI admin;

        Description(ProcessCluster cluster, String name, Class<?> main) {
            this.cluster = cluster;
            this.name = name;
            this.main = main.getName();
        }

        /**
         * Adds arguments of the program.
         *
         * @param values the arguments
         * @return this
         */
        public Description arguments(String... values) {
            arguments.addAll(List.of(values));
            return this;
        }

        /**
         * Sets a system property.
         *
         * @param key its name
         * @param value its value
         * @return this
         */
        public Description property(String key, String value) {
            return jvmOptions("-D" + key + "=" + value);
        }

        /**
         * Adds options of the JVM, for instance {@code -Xmx256m}.
         *
         * @param values the options
         * @return this
         */
        public Description jvmOptions(String... values) {
            jvmOptions.addAll(List.of(values));
            return this;
        }

        /**
         * Sets an environment variable, beside those of this JVM.
         *
         * @param key its name
         * @param value its value
         * @return this
         */
        public Description environment(String key, String value) {
            environment.put(key, value);
            return this;
        }

        /**
         * Tells where the admin endpoint will answer.
         *
         * @param value the base URI
         * @return this
         */
        public Description admin(URI value) {
            admin = value;
            return this;
        }

        /**
         * Starts the process, on the class path of this JVM.
         *
         * @return the node, which may not be ready yet
         * @throws UncheckedIOException if the process cannot be started
         */
        public ProcessNode start() {
            Path log = cluster.directory().resolve(name + ".log");
            ProcessNode node = new ProcessNode(this, log, launch(log));
            cluster.add(node);
            return node;
        }

        private Process launch(Path log) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmOptions);
            command.add(main);
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(cluster.directory().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            // in the environment, where a long class path does not meet the limit of a command line
            builder.environment().put("CLASSPATH", classPath());
            try {
                return builder.start();
            } catch (IOException e) {
                throw new UncheckedIOException("node " + name + " cannot be started: " + command, e);
            }
        }

        /** Surefire starts this JVM with one jar that names the others, and tells the whole path in a property of its own. Relative entries are of this directory. */
        private static String classPath() {
            String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
            List<String> absolute = new ArrayList<>();
            for (String entry : path.split(File.pathSeparator, -1)) {
                absolute.add(Path.of(entry).toAbsolutePath().toString());
            }
            return String.join(File.pathSeparator, absolute);
        }
    }
}
