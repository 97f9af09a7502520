package io.holdfast.benchmarks.overload;

import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.TextTable;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.Environment;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** Offers one service several times what it can do, behind one door after the other, and prints who was served. */
public final class OverloadBenchmark {
    private static final double[] MIX = {0.4, 0.3, 0.2, 0.1}; // SHEDDABLE to CRITICAL_PLUS
    private static final Criticality[] CLASSES = Criticality.values();

    private final Environment environment;
    private final int workers;
    private final long serviceNanos;
    private final long deadlineNanos;
    private final int seconds;

    private OverloadBenchmark(Environment environment, Options options) {
        this.environment = environment;
        this.workers = options.number("workers");
        this.serviceNanos = options.number("service-millis") * 1_000_000L;
        this.deadlineNanos = options.number("deadline-millis") * 1_000_000L;
        this.seconds = options.number("seconds");
    }

    /**
     * Runs it.
     *
     * @param arguments see {@code --help}
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] arguments) throws InterruptedException {
        Options options = Options.parse(
                "run-overload",
                arguments,
                new Options.Option("workers", "32", "threads of the service"),
                new Options.Option("service-millis", "20", "how long a call holds its thread, exponential mean"),
                new Options.Option("deadline-millis", "200", "a call that takes longer is not good"),
                new Options.Option("times", "5", "offered load in multiples of the peak"),
                new Options.Option("warm", "5", "seconds of overload before it is measured"),
                new Options.Option("seconds", "10", "measured seconds of each"),
                new Options.Option("doors", "", "only those whose name contains this"));
        try (Environment environment = Environment.system()) {
            new OverloadBenchmark(environment, options).run(options);
        }
    }

    private void run(Options options) throws InterruptedException {
        double peak = peak();
        int times = options.number("times");
        System.out.printf(
                "peak %.0f calls/s (%d threads, %d always busy callers); offered %dx; classes 40/30/20/10 %% from SHEDDABLE to CRITICAL_PLUS%n%n",
                peak, workers, workers, times);
        TextTable table = new TextTable(
                "door",
                "offered/s",
                "good/s",
                "of peak",
                "CRITICAL_PLUS",
                "CRITICAL",
                "SHEDDABLE_PLUS",
                "SHEDDABLE",
                "p50 ms",
                "p99 ms",
                "limit");
        for (Map.Entry<String, Function<Environment, Door>> each : Doors.all().entrySet()) {
            if (each.getKey().contains(options.text("doors"))) {
                row(each.getKey(), each.getValue(), peak, times, options.number("warm"), table);
            }
        }
        System.out.println(table);
    }

    private void row(String name, Function<Environment, Door> made, double peak, int times, int warm, TextTable table)
            throws InterruptedException {
        try (Door door = made.apply(environment);
                Service service = new Service(environment, workers, serviceNanos, deadlineNanos)) {
            offer(service, door, new Tally(), peak * times, warm);
            Tally tally = new Tally();
            offer(service, door, tally, peak * times, seconds);
            String limit = door.limit();
            LockSupport.parkNanos(deadlineNanos); // what is on its way may still be good
            double good = (double) tally.good() / seconds;
            table.row(
                    name,
                    String.format("%.0f", (double) tally.offered() / seconds),
                    String.format("%.0f", good),
                    percent(good / peak, 1),
                    percent(tally.success(Criticality.CRITICAL_PLUS), 2),
                    percent(tally.success(Criticality.CRITICAL), 1),
                    percent(tally.success(Criticality.SHEDDABLE_PLUS), 1),
                    percent(tally.success(Criticality.SHEDDABLE), 1),
                    String.format("%.0f", tally.millis(0.5)),
                    String.format("%.0f", tally.millis(0.99)),
                    limit);
            System.out.println(name + " done");
        }
    }

    private static String percent(double ratio, int digits) {
        return String.format("%." + digits + "f %%", ratio * 100);
    }

    /** As many callers as threads, each with its next call when the last has ended: the most that the service can do. */
    private double peak() throws InterruptedException {
        try (Service service = new Service(environment, workers, serviceNanos, deadlineNanos)) {
            Semaphore free = new Semaphore(workers);
            Tally tally = new Tally();
            Door closedLoop = criticality -> inTime -> free.release();
            long end = environment.clock().nanoTime() + 5_000_000_000L;
            while (environment.clock().nanoTime() < end) {
                free.acquire();
                service.arrive(Criticality.CRITICAL, closedLoop, tally);
            }
            return tally.good() / 5.0;
        }
    }

    /** Calls come by chance and do not slow down. */
    private void offer(Service service, Door door, Tally tally, double perSecond, int forSeconds) {
        SplittableRandom random = new SplittableRandom(42);
        long next = environment.clock().nanoTime();
        long end = next + forSeconds * 1_000_000_000L;
        while (next < end) {
            long now = environment.clock().nanoTime();
            while (next <= now) {
                service.arrive(which(random.nextDouble()), door, tally);
                next += Service.exponential(random, 1e9 / perSecond);
            }
            LockSupport.parkNanos(next - now);
        }
    }

    private static Criticality which(double at) {
        double left = at;
        for (int i = 0; i < MIX.length - 1; i++) {
            left -= MIX[i];
            if (left < 0) {
                return CLASSES[i];
            }
        }
        return CLASSES[MIX.length - 1];
    }
}
