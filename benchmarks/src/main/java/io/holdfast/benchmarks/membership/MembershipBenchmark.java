package io.holdfast.benchmarks.membership;

import io.holdfast.benchmarks.run.ChildJvm;
import io.holdfast.benchmarks.run.Medians;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.benchmarks.run.TextTable;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The driver: N-1 members in one JVM and the victim in another; times are taken here, when a child's line arrives (well under a millisecond after it was said).
 */
final class MembershipBenchmark {
    private static final Duration START = Duration.ofSeconds(120);
    private static final List<String> FLAGS = List.of("-Xms512m", "-Xmx512m");

    private final Environment environment;
    private final Duration idle;
    private final Duration patience;

    private MembershipBenchmark(Environment environment, Duration idle, Duration patience) {
        this.environment = environment;
        this.idle = idle;
        this.patience = patience;
    }

    /** What one run measured. */
    private record Run(double formMillis, double joinMillis, double goneMillis, double idleMillis) {}

    /** See {@code benchmarks/run-membership --help}. */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(
                "run-membership",
                arguments,
                new Option("members", "8,32", "sizes of the cluster"),
                new Option("faults", "kill,stop", "kill (SIGKILL), stop (SIGSTOP) or both"),
                new Option("rounds", "3", "runs of each row; the table has medians"),
                new Option("idle-seconds", "10", "how long the idle cost is measured"),
                new Option("limit-seconds", "90", "how long to wait for the fault to be seen"),
                new Option("peers", String.join(",", Factories.names()), "what is measured"));
        List<String> peers = options.words("peers", Factories.names());
        List<String> faults = options.words("faults", List.of("kill", "stop"));
        TextTable table = new TextTable(
                "peer", "members", "fault", "form ms", "join ms", "all see it gone ms", "max", "idle CPU ms/s/member");
        try (Environment environment = Environment.system()) {
            MembershipBenchmark benchmark = new MembershipBenchmark(
                    environment,
                    Duration.ofSeconds(options.number("idle-seconds")),
                    Duration.ofSeconds(options.number("limit-seconds")));
            for (int members : options.numbers("members")) {
                for (String fault : faults) {
                    for (String peer : peers) {
                        benchmark.rows(peer, members, fault, options.number("rounds"), table);
                    }
                }
            }
        }
        System.out.println();
        System.out.println(table);
    }

    private void rows(String peer, int members, String fault, int rounds, TextTable table) throws InterruptedException {
        List<Run> runs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            try {
                Run run = run(peer, members, fault);
                runs.add(run);
                System.out.printf(
                        Locale.ROOT,
                        "%s, %d members, %s: form %.0f ms, join %.0f ms, gone %.0f ms, idle %.2f ms/s/member%n",
                        peer,
                        members,
                        fault,
                        run.formMillis(),
                        run.joinMillis(),
                        run.goneMillis(),
                        run.idleMillis());
            } catch (IllegalStateException e) {
                System.out.printf("%s, %d members, %s: no figure: %s%n", peer, members, fault, e.getMessage());
            }
        }
        table.row(
                peer,
                Integer.toString(members),
                fault,
                median(runs, Run::formMillis, "%.0f"),
                median(runs, Run::joinMillis, "%.0f"),
                median(runs, Run::goneMillis, "%.0f"),
                runs.isEmpty()
                        ? "-"
                        : String.format(
                                Locale.ROOT,
                                "%.0f",
                                runs.stream().mapToDouble(Run::goneMillis).max().orElseThrow()),
                median(runs, Run::idleMillis, "%.2f"));
    }

    private static String median(List<Run> runs, ToDoubleFunction<Run> figure, String pattern) {
        return runs.isEmpty()
                ? "-"
                : String.format(
                        Locale.ROOT,
                        pattern,
                        Medians.of(runs.stream().map(figure::applyAsDouble).toList()));
    }

    private Run run(String peer, int members, String fault) throws InterruptedException {
        String name = "membership-" + peer + "-" + members + "-" + fault;
        try (ChildJvm most = child(name + "-most", peer);
                ChildJvm victim = child(name + "-victim", peer)) {
            most.await("ready", START);
            victim.await("ready", START);
            most.tell("start most- " + (members - 1) + " - " + (members - 1));
            long begin = most.await("starting", START).nanos();
            String seed = most.await("seed", START).text();
            double form = millis(most.await("all", START).nanos() - begin);

            most.tell("expect " + members);
            victim.tell("start victim- 1 " + seed + " " + members);
            begin = victim.await("starting", START).nanos();
            double join = millis(Math.max(
                            most.await("all", START).nanos(),
                            victim.await("all", START).nanos())
                    - begin);

            double idleCost = idleCost(most, members - 1);
            return new Run(form, join, gone(most, victim, members - 1, fault), idleCost);
        }
    }

    private ChildJvm child(String name, String peer) {
        return ChildJvm.start(environment, name, MembersMain.class, FLAGS, List.of(peer));
    }

    /** CPU milliseconds a second and member, of the process that holds all but one. */
    private double idleCost(ChildJvm most, int members) throws InterruptedException {
        pause(Duration.ofSeconds(5)); // what forming has left to do
        long begin = cpu(most);
        pause(idle);
        return (cpu(most) - begin) / 1e6 / idle.toSeconds() / members;
    }

    private static long cpu(ChildJvm child) {
        child.tell("cpu");
        return Long.parseLong(child.await("cpu", START).text());
    }

    private double gone(ChildJvm most, ChildJvm victim, int left, String fault) {
        most.tell("expect " + left);
        most.tell("cpu");
        most.await("cpu", START); // it has read the line before
        long begin = environment.clock().nanoTime();
        if (fault.equals("kill")) {
            victim.kill();
        } else {
            victim.freeze();
        }
        try {
            return millis(most.await("all", patience).nanos() - begin);
        } finally {
            victim.kill();
        }
    }

    private void pause(Duration duration) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        environment.scheduler().schedule(duration, over::countDown);
        over.await(duration.toSeconds() + 10, TimeUnit.SECONDS);
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }
}
