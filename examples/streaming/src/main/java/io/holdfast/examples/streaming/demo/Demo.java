package io.holdfast.examples.streaming.demo;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.ShutdownHook;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the demo. */
@Command(
        name = "./demo",
        sortOptions = false,
        description = {
            "Starts three nodes of the streaming platform on this machine, sends requests at a fixed rate through all gateways, kills the leader half-way, starts it again, and says what"
                    + " the requests saw of it.",
            ""
        },
        footer = {"", "Exit status: 0 no request failed and the node came back, 1 otherwise, 2 wrong usage."})
public final class Demo implements Callable<Integer> {
    private static final int NODES = 3;
    private static final int LAST_PORT = 65_535;

    @Option(names = "--headless", description = "Print plain lines, and one JSON object as the last line.")
    private boolean headless;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "30",
            description = "How long the load lasts, 8 to 3600. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "350",
            description = "Requests a second, 1 to 5000. Default: ${DEFAULT-VALUE}.")
    private int rate;

    @Option(
            names = "--rolling",
            description =
                    "Instead of a kill: restart all nodes one by one with SIGTERM. The load lasts until all are back.")
    private boolean rolling;

    @Option(
            names = "--kill",
            paramLabel = "WHOM",
            defaultValue = "leader",
            description = "Which node is killed: the leader of the group of replicas, so that writes wait for an"
                    + " election (leader), or one of the others (follower). Default: ${DEFAULT-VALUE}.")
    private Victim victim = Victim.leader;

    @Option(names = "--chaos", description = "Make the recommendation service slow and failing at times.")
    private boolean chaos;

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Use the nine ports from here on. Default: free ones.")
    private int basePort;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    @SuppressWarnings("unused") // picocli looks at it
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /**
     * Runs the demo.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Demo());
        line.setUsageHelpWidth(100);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof HoldfastException || failure instanceof UncheckedIOException) {
                command.getErr().println("demo: " + failure.getMessage());
                return 1;
            }
            throw failure;
        });
        return line;
    }

    @Override
    public Integer call() {
        within("--seconds", seconds, 8, 3600);
        within("--rate", rate, 1, 5000);
        if (basePort != 0) {
            within("--base-port", basePort, 1024, LAST_PORT - NODES * 3);
        }
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        boolean live = !headless && Boolean.getBoolean("demo.terminal");
        try (Environment env = Environment.system()) {
            List<NodePorts> ports = basePort != 0
                    ? NodePorts.from(basePort, NODES)
                    : NodePorts.free(NODES, env.random().split("demo-ports"));
            Screen screen = live ? new LiveScreen(out, env.clock(), rate) : new PlainScreen(out, env.clock());
            DemoResult result =
                    run(new DemoPlan(rate, Duration.ofSeconds(seconds), rolling, victim, live), ports, screen, env);
            summarize(result, out);
            return result.good() ? 0 : 1;
        }
    }

    private void within(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new ParameterException(
                    spec.commandLine(), option + " (" + value + ") must be between " + min + " and " + max);
        }
    }

    private DemoResult run(DemoPlan plan, List<NodePorts> ports, Screen screen, Environment env) {
        FleetSecrets secrets = FleetSecrets.fresh();
        ExecutorService executor = env.threads().handlers("demo-probe", 16);
        ClusterProbe probe = new ClusterProbe(executor);
        RunDirectory directory = RunDirectory.create(
                Path.of(System.getProperty("demo.directory", System.getProperty("java.io.tmpdir"))));
        boolean good = false;
        Fleet fleet = new Fleet(directory.path(), ports, secrets, chaos, probe, env.clock());
        Registration hook = ShutdownHook.register("demo-stop", () -> {
            screen.close();
            fleet.stop();
            directory.delete();
        });
        try {
            DemoResult result = new DemoRun(plan, fleet, probe, secrets, screen, env).run();
            good = result.good();
            return result;
        } finally {
            screen.close();
            fleet.stop();
            hook.close();
            executor.shutdown();
            if (good) {
                directory.delete();
            } else {
                System.err.println("demo: the nodes' logs are in " + directory.path() + " until the next start");
            }
        }
    }

    private void summarize(DemoResult result, PrintStream out) {
        var report = result.report();
        out.println();
        out.printf(
                Locale.ROOT,
                "%d requests at %d/s: %d failed, %d retried at another gateway%n",
                report.requests(),
                rate,
                report.failed(),
                report.retried());
        out.printf(
                Locale.ROOT,
                "latency p50 %.2f ms, p99 %.2f ms; longest time without an answer %d ms%n",
                report.p50Millis(),
                report.p99Millis(),
                report.longestGapMillis());
        out.printf(
                Locale.ROOT,
                "%d writes that the nodes agreed on; longest time without one %d ms%s%n",
                report.writes(),
                report.longestWriteGapMillis(),
                result.failOverMillis() < 0
                        ? ""
                        : ", after the kill of the leader " + result.failOverMillis() + " ms (fail-over)");
        out.printf(
                "%s; %s%n",
                rolling
                        ? result.restarts() + " nodes restarted one by one"
                        : victim == Victim.leader ? "the leader killed" : "a follower killed",
                result.rejoined() ? "all back and serving" : "not all came back");
        out.printf(
                "watch positions: %d of %d viewers still have their last acknowledged one%n",
                result.positions() - Math.min(result.positions(), result.forgotten()), result.positions());
        report.failures().forEach(failure -> out.println("failed: " + failure.inWords()));
        if (headless) {
            out.println(result.json());
        }
        out.flush();
    }
}
