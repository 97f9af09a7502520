package io.holdfast.testkit.sim;

import io.holdfast.core.Check;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs one scenario over many seeds and tells its figures, not only whether it passed.
 *
 * <pre>{@code
 * var report = Sweep.of("a killed node is detected", 20, run -> {
 *     var world = SimWorld.seed(run.seed()).nodes(100).start(Swim::new);
 *     world.advance(Duration.ofSeconds(30));                                   // safety: invariants hold under faults
 *     world.node("n7").kill();
 *     run.figure("detected", world.runUntil(() -> allSeeDead(world, "n7"), Duration.ofMinutes(1)));  // liveness
 * });
 * assertThat(report.figure("detected").p99()).isLessThan(5_000);
 * }</pre>
 *
 * <p>The table is printed and kept in {@code target/sweeps/}. System properties: {@code holdfast.sweep.seeds} runs more or fewer, {@code holdfast.sweep.first} begins elsewhere
 * (1 otherwise), {@code holdfast.sweep.seed} runs one seed only and lets its failure through as it is.
 */
public final class Sweep {
    private static final int FAILURES_SHOWN = 10;

    /** What is done for each seed. */
    @FunctionalInterface
    public interface Scenario {
        /**
         * Runs once.
         *
         * @param run the seed, and where figures go
         * @throws Exception any exception or error fails the seed
         */
        void run(Run run) throws Exception;
    }

    /** One seed of a sweep. */
    public static final class Run {
        private final long seed;
        private final Map<String, List<Double>> figures;

        private Run(long seed, Map<String, List<Double>> figures) {
            this.seed = seed;
            this.figures = figures;
        }

        /**
         * The seed for {@link SimWorld#seed}.
         *
         * @return the seed
         */
        public long seed() {
            return seed;
        }

        /**
         * Adds a value to a figure; as often as one likes in one run.
         *
         * @param name the figure
         * @param value the value
         */
        public void figure(String name, double value) {
            figures.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
        }

        /**
         * Adds a duration to a figure, in milliseconds.
         *
         * @param name the figure
         * @param value the duration
         */
        public void figure(String name, Duration value) {
            figure(name, value.toNanos() / 1e6);
        }
    }

    /**
     * The distribution of a figure over all runs.
     *
     * @param count how many values there are
     * @param p50 the median
     * @param p99 the value that one in a hundred passes
     * @param max the greatest value
     * @param sum all values together
     */
    public record Figure(int count, double p50, double p99, double max, double sum) {
        private static Figure of(List<Double> values) {
            double[] sorted =
                    values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            return new Figure(
                    sorted.length,
                    rank(sorted, 0.5),
                    rank(sorted, 0.99),
                    rank(sorted, 1),
                    Arrays.stream(sorted).sum());
        }

        /** Nearest rank: a value that was measured, never one between two. */
        private static double rank(double[] sorted, double share) {
            return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
        }
    }

    /**
     * What a sweep found.
     *
     * @param name the scenario
     * @param seeds how many seeds ran
     * @param seedsPerSecond how fast, in real time
     * @param figures the figures by name, in the order in which they first appeared
     */
    public record Report(String name, int seeds, double seedsPerSecond, Map<String, Figure> figures) {
        /**
         * A figure by its name.
         *
         * @param figure the name
         * @return the figure
         * @throws IllegalArgumentException if no run added to it
         */
        public Figure figure(String figure) {
            Figure found = figures.get(figure);
            if (found == null) {
                throw new IllegalArgumentException(
                        "no run of " + name + " told the figure " + figure + "; the figures are " + figures.keySet());
            }
            return found;
        }

        private String table(int failures) {
            StringBuilder text = new StringBuilder();
            text.append(String.format(
                    Locale.ROOT, "%s: %d seeds, %d failed, %.1f seeds/s%n", name, seeds, failures, seedsPerSecond));
            text.append(
                    String.format(Locale.ROOT, "  %-44s %9s %12s %12s %12s%n", "figure", "count", "p50", "p99", "max"));
            figures.forEach((label, f) -> text.append(String.format(
                    Locale.ROOT, "  %-44s %9d %12.2f %12.2f %12.2f%n", label, f.count(), f.p50(), f.p99(), f.max())));
            return text.toString();
        }
    }

    private Sweep() {}

    /**
     * Runs a scenario for each seed, one after the other, on this thread.
     *
     * @param name the scenario, for the table and the file
     * @param seeds how many seeds, unless {@code holdfast.sweep.seeds} says otherwise
     * @param scenario what is done for each
     * @return the figures
     * @throws AssertionError if a seed fails; the message holds the first failing seeds and how to run one alone
     */
    public static Report of(String name, int seeds, Scenario scenario) {
        Long only = Long.getLong("holdfast.sweep.seed");
        long first = only != null ? only : Long.getLong("holdfast.sweep.first", 1);
        int count = only != null
                ? 1
                : (int) Check.between("seeds", Integer.getInteger("holdfast.sweep.seeds", seeds), 1, 10_000_000);
        Map<String, List<Double>> values = new LinkedHashMap<>();
        Map<Long, Throwable> failures = new LinkedHashMap<>();
        long start = now();
        for (long seed = first; seed < first + count; seed++) {
            try {
                scenario.run(new Run(seed, values));
            } catch (Exception | AssertionError e) {
                failures.put(seed, e);
            }
        }
        double seconds = Math.max(1, now() - start) / 1e9;
        Map<String, Figure> figures = new LinkedHashMap<>();
        values.forEach((label, list) -> figures.put(label, Figure.of(list)));
        Report report = new Report(name, count, count / seconds, figures);
        tell(report, failures);
        return report;
    }

    /** Real time, which only the printed speed depends on. */
    private static long now() {
        try (Environment environment = Environment.system()) {
            return environment.clock().nanoTime();
        }
    }

    private static void tell(Report report, Map<Long, Throwable> failures) {
        String table = report.table(failures.size());
        System.out.print(table);
        keep(report.name(), table);
        if (failures.isEmpty()) {
            return;
        }
        StringBuilder message = new StringBuilder(String.format(
                Locale.ROOT, "%s: %d of %d seeds failed", report.name(), failures.size(), report.seeds()));
        failures.entrySet().stream()
                .limit(FAILURES_SHOWN)
                .forEach(f -> message.append("\nseed ")
                        .append(f.getKey())
                        .append(": ")
                        .append(f.getValue()));
        Map.Entry<Long, Throwable> firstFailure = failures.entrySet().iterator().next();
        message.append("\nrun one alone with -Dholdfast.sweep.seed=").append(firstFailure.getKey());
        throw new AssertionError(message.toString(), firstFailure.getValue());
    }

    private static void keep(String name, String table) {
        Path file = Path.of(System.getProperty("holdfast.sweep.dir", "target/sweeps"))
                .resolve(name.replaceAll("[^A-Za-z0-9]+", "-") + ".txt");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, table);
        } catch (IOException e) {
            throw new UncheckedIOException("the report of sweep " + name + " cannot be written to " + file, e);
        }
    }
}
