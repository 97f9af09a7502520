package io.holdfast.examples.streaming.demo;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.env.Environment;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
        footer = {
            "",
            "Exit status: 0 no request failed and the node came back (of a scenario: the effect was shown), 1 otherwise, 2 wrong usage."
        })
public final class Demo implements Callable<Integer> {
    private static final int NODES = 3;
    private static final int SCENARIO_SECONDS = 16;
    private static final int LAST_PORT = 65_535;

    @Option(names = "--headless", description = "Print plain lines, and one JSON object as the last line.")
    private boolean headless;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long the load lasts, 8 to 3600. Default: 30; of each half of a scenario 16.")
    private @Nullable Integer seconds;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "150",
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
            description = "Which node is killed: the leader of the group of replicas, so that writes wait for an"
                    + " election (leader), or one of the others (follower). Default: leader.")
    private @Nullable Victim victim;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            description = "Show what a policy is worth: the same thing goes wrong in a fleet without the policy and in"
                    + " one with it. One of slow-recommendation, retry-storm, overload, bad-canary, kill, rebalance.")
    private @Nullable String scenario;

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
        within("--seconds", seconds(30), 8, 3600);
        within("--rate", rate, 1, 5000);
        if (basePort != 0) {
            within("--base-port", basePort, 1024, LAST_PORT - NODES * 3);
        }
        if (scenario != null) {
            scenario();
            alone();
        }
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        try (Environment env = Environment.system()) {
            return scenario == null ? kill(env, out) : show(env, out);
        }
    }

    private int kill(Environment env, PrintStream out) {
        boolean live = !headless && Boolean.getBoolean("demo.terminal");
        DemoPlan plan = new DemoPlan(rate, Duration.ofSeconds(seconds(30)), rolling, victim(), live);
        List<NodePorts> ports = ports(env);
        DemoResult result;
        try (Screen screen = live ? new LiveScreen(out, env.clock(), rate) : new PlainScreen(out, env.clock())) {
            result = new FreshFleet(env, screen)
                    .use(
                            ports,
                            FleetPlan.plain(chaos),
                            DemoResult::good,
                            given -> new DemoRun(plan, given.fleet(), given.probe(), given.secrets(), screen, env)
                                    .run());
        }
        summarize(result, out);
        return result.good() ? 0 : 1;
    }

    private int show(Environment env, PrintStream out) {
        Scenario chosen = scenario();
        Duration each = Duration.ofSeconds(seconds(SCENARIO_SECONDS));
        try (Screen screen = new PlainScreen(out, env.clock())) {
            Comparison comparison = new ScenarioRun(chosen, rate, each, () -> ports(env), screen, env).run();
            comparison.table().forEach(out::println);
            if (headless) {
                out.println(comparison.json());
            }
            out.flush();
            return comparison.shown() ? 0 : 1;
        }
    }

    private List<NodePorts> ports(Environment env) {
        return basePort != 0
                ? NodePorts.from(basePort, NODES)
                : NodePorts.free(NODES, env.random().split("demo-ports"));
    }

    private int seconds(int otherwise) {
        return seconds == null ? otherwise : seconds;
    }

    private Victim victim() {
        return victim == null ? Victim.leader : victim;
    }

    private Scenario scenario() {
        return Scenarios.ALL.stream()
                .filter(one -> one.name().equals(scenario))
                .findFirst()
                .orElseThrow(() -> wrong("--scenario (" + scenario + ") must be one of " + Scenarios.names()));
    }

    /** A scenario says itself what happens to the nodes. */
    private void alone() {
        if (rolling || chaos || victim != null) {
            throw wrong("--scenario (" + scenario + ") says itself what happens; leave "
                    + (rolling ? "--rolling" : chaos ? "--chaos" : "--kill") + " out");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void within(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw wrong(option + " (" + value + ") must be between " + min + " and " + max);
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
                        : victim() == Victim.leader ? "the leader killed" : "a follower killed",
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
