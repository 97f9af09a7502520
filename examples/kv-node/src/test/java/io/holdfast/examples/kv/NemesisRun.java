package io.holdfast.examples.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.env.Environment;
import io.holdfast.testkit.history.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Clients use a cluster of real processes while a nemesis harms it; then everything they were told is judged. The seed decides faults, their order and what clients ask, not the timing. A run that
 * fails leaves histories, outputs, thread dumps and storage in {@code target/nemesis}.
 *
 * @param name tells runs apart
 * @param seed decides
 * @param nodes how many JVMs
 * @param clients how many clients
 * @param operations how many answered operations at least
 * @param longest how long a fault lasts at most
 * @param ground what the nodes stand on
 */
record NemesisRun(
        String name, long seed, int nodes, int clients, int operations, Duration longest, KvCluster.Ground ground) {
    static final String[] JVM = {"-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"};

    /** The seed of a run: {@code -Dholdfast.nemesis.seed}, or another one each time. */
    static long seed(Environment environment) {
        Long given = Long.getLong("holdfast.nemesis.seed");
        return given != null ? given : environment.random().split("nemesis").nextLong(1_000_000);
    }

    /** How much was tried, by how it ended, with how many faults, and what took longest. A result stands for runs in which nothing was lost and everything was linearizable. */
    record Result(Subject.Counts counts, Map<Fault, Integer> faults, Map<Fault, Long> gaps) {
        static Result sum(List<Result> results) {
            Result sum = new Result(Subject.Counts.NONE, new EnumMap<>(Fault.class), new EnumMap<>(Fault.class));
            for (Result result : results) {
                sum = new Result(sum.counts.plus(result.counts), sum.faults, sum.gaps);
                Result total = sum;
                result.faults.forEach((fault, times) -> total.faults.merge(fault, times, Integer::sum));
                result.gaps.forEach((fault, gap) -> total.gaps.merge(fault, gap, Math::max));
            }
            return sum;
        }

        @Override
        public String toString() {
            return counts.all() + " operations (" + counts + "), "
                    + faults.values().stream().mapToInt(Integer::intValue).sum() + " faults " + faults
                    + ", 0 lost, 0 not linearizable, longest times without an answer in ms " + gaps;
        }
    }

    /** Inflicts each fault, in an order of the seed's choice. */
    Result run(List<Fault> faults) throws Exception {
        Path folder = Files.createDirectories(Path.of("target", "nemesis", name + "-" + seed))
                .toAbsolutePath();
        clear(folder);
        SplittableRandom random = new SplittableRandom(seed);
        List<Fault> order = new ArrayList<>(faults);
        Collections.shuffle(order, new Random(random.nextLong()));
        System.out.println("nemesis " + name + ": -Dholdfast.nemesis.seed=" + seed + ", " + nodes + " nodes, " + order);
        try (Environment environment = Environment.system();
                KvCluster cluster = KvCluster.start(folder, nodes, ground, JVM)) {
            Workload workload = new Workload(environment, clients);
            KvClient client = cluster.client();
            try {
                Victims victims = new Victims(cluster, workload, environment, random.split(), longest);
                Nemesis nemesis = new Nemesis(victims, workload);
                workload.start(client, random.split());
                victims.awaitProgress("at the start");
                for (Fault fault : order) {
                    nemesis.inflict(fault);
                }
                await().atMost(Duration.ofMinutes(30)).until(() -> workload.answers() >= operations);
                workload.stop();
                look(workload, client, random);
                System.out.println("nemesis " + name + ": nodes said " + cluster.signs());
                Result result = judge(workload, client, nemesis, random);
                client.close();
                cluster.close();
                clear(folder);
                return result;
            } catch (Exception | AssertionError e) {
                workload.end();
                keep(folder, cluster, workload, client);
                throw e;
            }
        }
    }

    /** Every node tells what became of every key. */
    private void look(Workload workload, KvClient client, SplittableRandom random) {
        for (int node = 0; node < nodes; node++) {
            int at = node;
            Actor reader = new Actor("reader" + node, node, client, random.split());
            for (Subject<?, ?, ?> subject : workload.subjects()) {
                for (String key : subject.keys()) {
                    await("n" + node + " tells of " + key)
                            .atMost(KvCluster.LIMIT)
                            .pollDelay(Duration.ZERO)
                            .pollInSameThread()
                            .until(() -> subject.look(reader, at, key));
                }
            }
        }
    }

    private Result judge(Workload workload, KvClient client, Nemesis nemesis, SplittableRandom random) {
        List<String> problems = new ArrayList<>();
        Subject.Counts all = workload.ledger().counts();
        for (Subject<?, ?, ?> subject : workload.subjects()) {
            Verdict verdict = subject.check();
            Subject.Counts counts = subject.counts();
            all = all.plus(counts);
            System.out.println("nemesis " + name + ": " + subject.kind() + ": " + counts + ", " + verdict.keys()
                    + " keys, " + verdict.status() + " after " + verdict.configurations() + " steps");
            if (verdict.status() != Verdict.Status.VALID) {
                problems.add(subject.kind() + ": " + verdict);
            }
            problems.addAll(subject.problems());
        }
        for (int node = 0; node < nodes; node++) {
            Actor reader = new Actor("auditor" + node, node, client, random.split());
            problems.addAll(workload.ledger().problems(reader, node));
        }
        Result result = new Result(all, nemesis.done(), nemesis.gaps());
        System.out.println("nemesis " + name + ": seed " + seed + ": " + (problems.isEmpty() ? result : all)
                + ", ledger " + workload.ledger().counts() + ", failures " + client.failures() + ", "
                + problems.size() + " problems");
        assertThat(problems).as("seed %d", seed).isEmpty();
        return result;
    }

    private void keep(Path folder, KvCluster cluster, Workload workload, KvClient client) {
        try {
            cluster.dumpThreads();
            Files.write(folder.resolve("consensus-pages.txt"), cluster.pages());
            Files.writeString(folder.resolve("failures.txt"), client.failures().toString());
            for (Subject<?, ?, ?> subject : workload.subjects()) {
                subject.write(folder);
            }
            System.out.println("nemesis " + name + ": histories and outputs are in " + folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void clear(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!each.equals(folder)) {
                    Files.delete(each);
                }
            }
        }
    }
}
