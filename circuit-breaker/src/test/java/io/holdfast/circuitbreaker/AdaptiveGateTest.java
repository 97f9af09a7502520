package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The learnt limit as a stage of a pipeline. */
class AdaptiveGateTest {
    private static final AdaptiveLimitConfig FOUR = AdaptiveLimitConfig.DEFAULT.withLimits(4, 4, 4);

    private final ManualEnvironment environment = new ManualEnvironment();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<CompletableFuture<String>> running = new ArrayList<>();
    private Policies policies = policies(PolicyConfig.NONE);

    private Policies policies(PolicyConfig config) {
        return Policies.of(
                environment,
                meters,
                new FlightRecorder(environment.wallClock(), 100),
                new PoliciesConfig(Map.of("p", config)));
    }

    @AfterEach
    void close() {
        policies.close();
    }

    private CompletableFuture<String> begin(Pipeline pipeline, Criticality criticality) throws Exception {
        return CallContext.EMPTY
                .withCriticality(criticality)
                .call(() -> pipeline.callAsync(() -> {
                    running.add(new CompletableFuture<>());
                    return running.get(running.size() - 1);
                }));
    }

    @Test
    void theLimitRefusesTheLowestClassAndLetsTheHighestIn() throws Exception {
        policies = policies(PolicyConfig.NONE.withAdaptiveLimit(FOUR));
        Pipeline pipeline = policies.pipeline("p").named("catalog.search").build();
        for (int i = 0; i < 4; i++) {
            begin(pipeline, Criticality.SHEDDABLE);
        }
        assertThatThrownBy(begin(pipeline, Criticality.SHEDDABLE)::join)
                .hasCauseInstanceOf(OverloadedException.class)
                .hasMessageContaining("the adaptive limit of policy p (4 calls at once, 4 run) refuses catalog.search");
        assertThat(begin(pipeline, Criticality.CRITICAL_PLUS)).isNotDone();
        assertThat(running).hasSize(5);
    }

    @Test
    void whateverHowACallEndsItsPlaceIsFreeAgain() throws Exception {
        policies = policies(PolicyConfig.NONE.withAdaptiveLimit(FOUR).withBulkhead(new BulkheadConfig(3)));
        Pipeline pipeline = policies.pipeline("p").build();
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) { // the bulkhead refuses the fourth
            results.add(begin(pipeline, Criticality.values()[i]));
        }
        running.get(0).complete("good");
        running.get(1).completeExceptionally(new IllegalStateException("bad"));
        results.get(2).cancel(true);
        for (Criticality each : Criticality.values()) {
            assertThat(meters.get("holdfast.overload.inflight")
                            .tag("name", "p")
                            .tag("criticality", each.name().toLowerCase(java.util.Locale.ROOT))
                            .gauge()
                            .value())
                    .as(each.name())
                    .isZero();
        }
    }

    @AdaptiveLimit
    interface Catalog {
        String search(String words);
    }

    @Test
    void theAnnotationAsksForItWithItsDefaults() throws Exception {
        GuardedMethod search = GuardedContract.of(Catalog.class, "p", policies)
                .method(Catalog.class.getMethod("search", String.class));
        assertThat(search.describe()).contains("adaptive-limit(gradient2, 20 of 4 to 1000)");
    }

    @Test
    void itStandsBetweenRateLimitAndBulkheadAndKeepsItsLimitThroughAChange() {
        Pipeline pipeline = policies.pipeline("p").adaptiveLimit().bulkhead().build();
        assertThat(pipeline.describe()).isEqualTo("adaptive-limit(gradient2, 20 of 4 to 1000) > bulkhead(64) > call");
        policies.update("p", PolicyConfig.NONE.withAdaptiveLimit(AdaptiveLimitConfig.DEFAULT.withLimits(4, 4, 500)));
        assertThat(pipeline.describe()).contains("adaptive-limit(gradient2, 20 of 4 to 500)");
    }
}
