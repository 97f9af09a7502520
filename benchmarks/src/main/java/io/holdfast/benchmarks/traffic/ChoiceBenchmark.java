package io.holdfast.benchmarks.traffic;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.balance.BalancePolicy;
import io.holdfast.discovery.balance.Candidate;
import io.holdfast.discovery.outlier.Ended;
import io.holdfast.discovery.traffic.Match;
import io.holdfast.discovery.traffic.MethodTraffic;
import io.holdfast.discovery.traffic.Route;
import io.holdfast.discovery.traffic.StickyConfig;
import io.holdfast.discovery.traffic.TrafficConfig;
import io.holdfast.discovery.traffic.TrafficPolicies;
import io.holdfast.discovery.traffic.TrafficPolicy;
import io.holdfast.discovery.traffic.TrafficRule;
import io.holdfast.discovery.traffic.VersionWeight;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to find the instance for a call among ten: the rule, who is in, the version, the balancer or the key. {@code benchmarks/run-traffic --choice} prints nanoseconds and bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls build() first
public class ChoiceBenchmark {
    private static final TrafficRule SPLIT =
            TrafficRule.of(0, Match.ALL).withSplit(new VersionWeight("1", 90), new VersionWeight("2", 10));

    /** What the policy says. */
    @Param({"plain", "split", "sticky"})
    public String policy;

    private final List<ServiceInstance> instances =
            IntStream.range(0, 10).mapToObj(ChoiceBenchmark::instance).toList();
    private final CallContext context = CallContext.EMPTY.withBaggage(Map.of("user", "user-4711"));
    private MethodTraffic method;
    private Route route;
    private Candidate chosen;

    private static ServiceInstance instance(int number) {
        return new ServiceInstance(
                ServiceName.of("work"),
                NodeId.of("n" + number),
                Address.of("127.0.0.1", 1000 + number),
                number < 8 ? "1" : "2",
                "",
                Map.of(),
                100,
                true,
                List.of());
    }

    /** Makes the policy. */
    @Setup
    public void build() {
        TrafficPolicy value = policy.equals("split")
                ? TrafficPolicy.DEFAULT.withRule("split", SPLIT)
                : policy.equals("sticky")
                        ? TrafficPolicy.DEFAULT.withSticky(new StickyConfig("user", 1.25))
                        : TrafficPolicy.DEFAULT;
        Telemetry telemetry = new Telemetry(
                new SimpleMeterRegistry(),
                TracerProvider.noop().get(""),
                new HealthChecks(),
                new FlightRecorder(() -> Instant.EPOCH, 16));
        TrafficPolicies policies = new TrafficPolicies(
                new TrafficPolicies.Ground(
                        NodeId.of("caller"),
                        "",
                        new FixedDirectory(instances),
                        telemetry,
                        BalancePolicy.P2C_PEAK_EWMA,
                        new SplittableRandom(1)::nextLong),
                new TrafficConfig(Map.of("work", value)));
        method = policies.method(ServiceName.of("work"), "work", false);
        route = method.route(context);
        for (int i = 0; i < 1000; i++) { // so that all have a latency
            Candidate each = choose();
            each.load().begin();
            each.load().end(System.nanoTime(), 1_000_000 + i, false);
        }
        chosen = choose();
    }

    /**
     * A choice.
     *
     * @return the instance
     */
    @Benchmark
    public Candidate choose() {
        long now = System.nanoTime();
        Route taken = method.route(context);
        Candidate found = method.choose(taken, context, method.candidates(instances, instances, now), now);
        return required(found);
    }

    private static Candidate required(@Nullable Candidate candidate) {
        if (candidate == null) {
            throw new IllegalStateException("there are ten instances");
        }
        return candidate;
    }

    /** The end of a call, as ejection counts it. */
    @Benchmark
    public void end() {
        method.ended(route, chosen, Ended.GOOD, 1_000_000, System.nanoTime());
    }
}
