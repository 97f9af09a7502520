package io.holdfast.benchmarks.pinned;

import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.circuitbreaker.Pipeline;
import io.holdfast.circuitbreaker.Policies;
import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CacheConfig;
import io.holdfast.circuitbreaker.config.CoalesceConfig;
import io.holdfast.circuitbreaker.config.HedgeConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingStream;

/**
 * Blocking calls through every stage of the pipeline on virtual threads, and the JFR events {@code jdk.VirtualThreadPinned} meanwhile, however short. At first a call that pins for sure, to see that the
 * events come.
 */
final class PinnedThreads {
    private static final Duration CALL = Duration.ofMillis(1);

    private final Environment environment = Environment.system();
    private final LongAdder pins = new LongAdder();
    private final AtomicInteger turns = new AtomicInteger();
    private final Map<String, LongAdder> places = new ConcurrentHashMap<>();

    private PinnedThreads() {}

    /** See {@code benchmarks/run-pinned --help}. */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(
                "run-pinned",
                arguments,
                new Option("calls", "20000", "calls through each pipeline"),
                new Option("concurrent", "256", "calls under way at once"));
        if (Runtime.version().feature() < 21) {
            System.out.println("this JDK (" + Runtime.version() + ") has no virtual threads; run it on JDK 25");
            System.exit(2);
        }
        System.exit(new PinnedThreads().run(options.number("calls"), options.number("concurrent")) ? 0 : 1);
    }

    private boolean run(int calls, int concurrent) throws Exception {
        try (RecordingStream events = new RecordingStream()) {
            events.enable("jdk.VirtualThreadPinned").withoutThreshold();
            events.onEvent("jdk.VirtualThreadPinned", this::note);
            events.startAsync();
            load(1, 1, "control", Pins::touch);
            boolean sees = seen() > 0;
            System.out.println("control, a class that sleeps while it is initialised: " + pins.sum() + " pinned");
            pins.reset();
            places.clear();
            FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);
            try (Policies policies =
                    Policies.of(environment, new SimpleMeterRegistry(), recorder, new PoliciesConfig(numbers()))) {
                pass(policies, calls / 10, concurrent);
                System.out.println("first calls, while classes are loaded: " + seen() + " pinned");
                pins.reset();
                places.clear();
                pass(policies, calls, concurrent);
            }
            long pinned = seen();
            System.out.println("policies: " + pinned + " pinned in "
                    + (long) calls * numbers().size() + " calls");
            places.forEach((place, count) -> System.out.println("  " + count.sum() + " at " + place));
            return sees && pinned == 0;
        } finally {
            environment.close();
        }
    }

    private void pass(Policies policies, int calls, int concurrent) throws InterruptedException {
        for (String policy : numbers().keySet()) {
            Pipeline pipeline = policies.pipeline(policy).idempotent().build();
            load(calls, concurrent, policy, () -> call(pipeline));
        }
    }

    private static Map<String, PolicyConfig> numbers() {
        PolicyConfig five = PolicyConfig.NONE
                .withRateLimit(new RateLimitConfig(1_000_000, Duration.ofSeconds(1)))
                .withTimeout(Duration.ofMillis(20))
                .withRetry(RetryConfig.DEFAULT);
        return Map.of(
                "semaphore", five.withBulkhead(BulkheadConfig.DEFAULT),
                "pool", five.withBulkhead(BulkheadConfig.pool(8, 64)),
                "hedged", five.withHedge(HedgeConfig.DEFAULT),
                "kept", five.withCache(CacheConfig.of(Duration.ofMillis(2))),
                "coalesced", five.withCoalesce(CoalesceConfig.DEFAULT));
    }

    /** Most calls take a millisecond, some fail and are tried again, some hang until their timeout. */
    private void call(Pipeline pipeline) {
        int dice = Math.floorMod(turns.getAndIncrement() * 37, 100);
        try {
            pipeline.call("key-" + dice % 10, () -> {
                Thread.sleep(dice == 0 ? 1000 : CALL.toMillis());
                if (dice < 5) {
                    throw new IllegalStateException("a call that fails");
                }
                return dice;
            });
        } catch (Exception expected) {
            // refused, failed or timed out: each of them on purpose
        }
    }

    private void load(int calls, int concurrent, String name, Runnable call) throws InterruptedException {
        ExecutorService threads = environment.threads().handlers("pinned-" + name, concurrent);
        CountDownLatch ended = new CountDownLatch(calls);
        for (int i = 0; i < calls; ) {
            try {
                threads.execute(() -> {
                    try {
                        call.run();
                    } finally {
                        ended.countDown();
                    }
                });
                i++;
            } catch (RejectedExecutionException full) {
                Thread.sleep(1);
            }
        }
        ended.await();
        threads.shutdown();
    }

    private long seen() throws InterruptedException {
        long before = -1;
        while (before != pins.sum()) {
            before = pins.sum();
            Thread.sleep(2500); // events are handed over once a second
        }
        return before;
    }

    private void note(RecordedEvent event) {
        pins.increment();
        String place = event.getStackTrace() == null
                ? "?"
                : event.getStackTrace().getFrames().stream()
                        .filter(RecordedFrame::isJavaFrame)
                        .map(frame -> frame.getMethod().getType().getName() + "."
                                + frame.getMethod().getName())
                        .filter(frame -> !frame.startsWith("java.") && !frame.startsWith("jdk."))
                        .findFirst()
                        .orElse("?");
        places.computeIfAbsent(place, key -> new LongAdder()).increment();
    }

    /** A class initialiser is a native frame: a thread that sleeps in it keeps its carrier. */
    private static final class Pins {
        static {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private Pins() {}

        static void touch() {}
    }
}
