package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.BreakerMode;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PartitionMode;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.circuitbreaker.config.Scope;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Policies of several nodes that share what they know, in one virtual time. */
class ClusterScopeTest {
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final CircuitBreakerConfig SHARED =
            CircuitBreakerConfig.DEFAULT.withCalls(4, 10).withScope(Scope.CLUSTER);
    private static final RateLimitConfig LIMIT =
            new RateLimitConfig(100, Duration.ofSeconds(1)).ofCluster(PartitionMode.AVAILABLE);

    private final ManualEnvironment environment = new ManualEnvironment();
    private final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);
    private final Village village = new Village("n0", "n1", "n2");
    private final List<Policies> policies = new ArrayList<>();
    private final List<SimpleMeterRegistry> meters = new ArrayList<>();
    private final List<Registration> sharing = new ArrayList<>();

    private Pipeline node(PolicyConfig numbers) {
        int node = policies.size();
        meters.add(new SimpleMeterRegistry());
        policies.add(Policies.of(environment, meters.get(node), recorder, new PoliciesConfig(Map.of("db", numbers))));
        sharing.add(policies.get(node).share(village.bulletin("n" + node), village.membership("n" + node)));
        return policies.get(node).pipeline("db").build();
    }

    @AfterEach
    void close() {
        sharing.forEach(Registration::close);
        policies.forEach(Policies::close);
    }

    private static void fail(Pipeline pipeline, int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> pipeline.call(() -> {
                        throw new IllegalStateException("down");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aQuorumOpensTheCircuitOfANodeThatHasSeenNothingAndTheRecorderSaysWhy() {
        PolicyConfig numbers = PolicyConfig.NONE.withCircuitBreaker(SHARED);
        Pipeline first = node(numbers);
        Pipeline second = node(numbers);
        fail(first, 4);
        environment.advance(LOOK);
        Pipeline third = node(numbers);
        environment.advance(LOOK);
        assertThat(third.describe()).contains("closed");
        fail(second, 4);
        environment.advance(LOOK);
        assertThat(third.describe()).contains("open");
        assertThatThrownBy(() -> third.call(() -> "never")).isInstanceOf(CircuitOpenException.class);
        assertThat(recorder.entries())
                .anyMatch(entry -> entry.decision().contains("without a failure of its own")
                        && entry.decision().contains("n0, n1"));
    }

    @Test
    void oneOfThoseWhoWaitTriesAndItsSuccessLetsTheOthersTry() throws Exception {
        PolicyConfig numbers = PolicyConfig.NONE.withCircuitBreaker(SHARED);
        List<Pipeline> all = List.of(node(numbers), node(numbers), node(numbers));
        all.forEach(pipeline -> fail(pipeline, 4));
        environment.advance(LOOK);
        List<Pipeline> tried = new ArrayList<>();
        for (int i = 0; i < 20 && tried.size() < 4; i++) {
            environment.advance(LOOK.multipliedBy(2));
            for (Pipeline pipeline : all) {
                try {
                    pipeline.call(() -> tried.add(pipeline));
                } catch (CircuitOpenException waits) {
                    assertThat(waits).hasMessageContaining("policy db");
                }
            }
        }
        assertThat(tried.stream().distinct()).hasSize(1);
        for (int i = 0; i < 10; i++) {
            environment.advance(LOOK);
            for (Pipeline pipeline : all) {
                pipeline.call(() -> "well");
            }
        }
        assertThat(all).allMatch(pipeline -> pipeline.describe().contains("closed"));
    }

    @Test
    void aBreakerThatAnOperatorHoldsTellsNothingAndIsNotTold() {
        PolicyConfig numbers = PolicyConfig.NONE.withCircuitBreaker(SHARED);
        Pipeline first = node(numbers);
        Pipeline second = node(numbers);
        Pipeline third = node(numbers);
        policies.get(0).force("db", BreakerMode.FORCED_OPEN);
        policies.get(2).force("db", BreakerMode.FORCED_CLOSED);
        fail(second, 4);
        environment.advance(LOOK);
        assertThat(first.describe()).contains("forced_open");
        assertThat(third.describe()).contains("disabled");
    }

    @Test
    void ofALimitOfTheClusterEachNodeHasItsShareAndShowsIt() throws Exception {
        PolicyConfig numbers = PolicyConfig.NONE.withRateLimit(LIMIT);
        List<Pipeline> all = List.of(node(numbers), node(numbers), node(numbers));
        assertThat(all.get(0).describe()).contains("100 in 1s of the cluster");
        int passed = 0;
        for (int i = 0; i < 400; i++) {
            environment.advance(Duration.ofMillis(25));
            for (int node = 0; node < 3; node++) {
                for (int calls = 0; calls < 5 - 2 * node; calls++) {
                    try {
                        all.get(node).call(() -> "passed");
                        passed += i >= 200 ? 1 : 0;
                    } catch (RateLimitedException refused) {
                        assertThat(refused).hasMessageContaining("share").hasMessageContaining("100 calls in 1s");
                        assertThat(refused.retryAfter().orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(1));
                    }
                }
            }
        }
        assertThat(passed).isBetween(475, 525);
        assertThat(shares()).isBetween(95.0, 100.001);
    }

    @Test
    void changingALimitOfTheClusterGivesNoNodeMoreThanItsPartOfTheNewOneNorAFullBucket() throws Exception {
        PolicyConfig numbers = PolicyConfig.NONE.withRateLimit(LIMIT);
        List<Pipeline> all = List.of(node(numbers), node(numbers), node(numbers));
        for (int i = 0; i < 200; i++) {
            environment.advance(Duration.ofMillis(25));
            all.forEach(pipeline -> pass(pipeline, 5));
        }
        all.forEach(pipeline -> pass(pipeline, 200));

        RateLimitConfig twice = new RateLimitConfig(200, Duration.ofSeconds(1)).ofCluster(PartitionMode.AVAILABLE);
        policies.forEach(each -> each.update("db", PolicyConfig.NONE.withRateLimit(twice)));

        assertThat(shares()).isBetween(190.0, 200.001);
        assertThat(all.stream().mapToInt(pipeline -> pass(pipeline, 200)).sum()).isLessThanOrEqualTo(3);
        environment.advance(LOOK.multipliedBy(8));
        assertThat(shares()).isBetween(190.0, 200.001);
        assertThat(all.get(0).describe()).contains("200 in 1s of the cluster");
    }

    private static int pass(Pipeline pipeline, int calls) {
        int passed = 0;
        for (int i = 0; i < calls; i++) {
            try {
                pipeline.call(() -> "passed");
                passed++;
            } catch (RateLimitedException refused) {
                // counted by what is missing
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        return passed;
    }

    private double shares() {
        return meters.stream()
                .mapToDouble(registry -> registry.get(ResilienceMetric.QUOTA_SHARE.metric())
                        .gauge()
                        .value())
                .sum();
    }

    @Test
    void aNodeAloneHasTheWholeLimitAndTheScopeMayChangeWhileCallsRun() throws Exception {
        try (Policies alone = Policies.of(
                environment,
                new SimpleMeterRegistry(),
                recorder,
                new PoliciesConfig(Map.of("db", PolicyConfig.NONE.withRateLimit(LIMIT))))) {
            Pipeline pipeline = alone.pipeline("db").build();
            for (int i = 0; i < 100; i++) {
                pipeline.call(() -> "passed");
            }
            assertThatThrownBy(() -> pipeline.call(() -> "one too many")).isInstanceOf(RateLimitedException.class);
            alone.update("db", PolicyConfig.NONE.withRateLimit(new RateLimitConfig(5, Duration.ofSeconds(1))));
            assertThat(pipeline.describe()).contains("rate-limit(5 in 1s)");
            pipeline.call(() -> "passed");
            alone.update("db", PolicyConfig.NONE.withRateLimit(LIMIT));
            assertThat(pipeline.describe()).contains("of the cluster");
            pipeline.call(() -> "passed");
        }
    }
}
