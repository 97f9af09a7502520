package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.BreakerMode;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.Scope;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class InstanceBreakersTest {
    private static final CircuitBreakerConfig TIGHT = CircuitBreakerConfig.DEFAULT.withCalls(4, 10);
    private static final PolicyConfig EACH = PolicyConfig.NONE.withInstanceCircuitBreaker(TIGHT);

    private final ManualEnvironment environment = new ManualEnvironment();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Policies policies = Policies.of(
            environment,
            meters,
            new FlightRecorder(environment.wallClock(), 100),
            new PoliciesConfig(Map.of("catalog", EACH)));
    private final Pipeline pipeline = policies.pipeline("catalog").build();

    private Instances instances() {
        return Objects.requireNonNull(pipeline.instances());
    }

    private boolean admits(String instance) {
        return instances().admits(instance);
    }

    private void fail(String instance) {
        for (int i = 0; i < 4; i++) {
            assertThat(admits(instance)).isTrue();
            instances().ended(instance, 1, new IOException("down"));
        }
    }

    private int metersOf(String instance) {
        return meters.find("resilience4j.circuitbreaker.failure.rate")
                .tag("name", "catalog@" + instance)
                .meters()
                .size();
    }

    @Test
    void anInstanceThatNobodyAsksAboutIsForgottenWithItsMeters() {
        fail("gone");
        fail("stays");
        for (int look = 0; look < 3; look++) {
            environment.advance(InstanceBreakers.LOOK);
            admits("stays");
        }

        assertThat(metersOf("gone")).isZero();
        assertThat(metersOf("stays")).isEqualTo(1);
        assertThat(admits("gone")).isTrue();
    }

    @Test
    void instancesThatStartAgainUnderOtherNamesHaveABreakerHoweverOftenTheyDo() {
        for (int start = 0; start < 3000; start++) {
            admits("start-" + start);
            if (start % 500 == 0) {
                environment.advance(InstanceBreakers.LOOK);
            }
        }
        environment.advance(InstanceBreakers.LOOK.multipliedBy(2));
        fail("last");
        assertThat(admits("last")).isFalse();
        assertThat(meters.getMeters().size()).isLessThan(100);
    }

    @Test
    void anOperatorDecidesOverTheBreakersOfAllInstancesNewOnesToo() {
        fail("a");
        assertThat(admits("a")).isFalse();

        policies.force("catalog", BreakerMode.FORCED_CLOSED);
        assertThat(admits("a")).isTrue();
        policies.force("catalog", BreakerMode.FORCED_OPEN);
        assertThat(admits("a")).isFalse();
        assertThat(admits("new")).isFalse();
        policies.update("catalog", PolicyConfig.NONE.withInstanceCircuitBreaker(TIGHT.withCalls(5, 20)));
        assertThat(admits("a")).isFalse();
        assertThat(instances().allOpen("titles", 2)).hasMessageContaining("held open by an operator");
        policies.force("catalog", BreakerMode.AUTOMATIC);
        assertThat(admits("a")).isTrue();
        assertThat(admits("new")).isTrue();
    }

    @Test
    void aBreakerThatIsMadeWhileTheOperatorGivesThemBackIsGivenBackToo() {
        for (int reads = 0; reads < 12; reads++) {
            policies.force("catalog", BreakerMode.FORCED_OPEN);
            AtomicBoolean given = new AtomicBoolean();
            afterReads(reads, () -> {
                given.set(true);
                policies.force("catalog", BreakerMode.AUTOMATIC);
            });
            admits("new-" + reads);
            environment.atNextRead(() -> {});
            if (!given.get()) {
                policies.force("catalog", BreakerMode.AUTOMATIC);
            }
            assertThat(admits("new-" + reads)).as("after %d reads", reads).isTrue();
        }
    }

    private void afterReads(int reads, Runnable step) {
        environment.atNextRead(reads == 0 ? step : () -> afterReads(reads - 1, step));
    }

    @Test
    void breakersOfInstancesAreNotSharedAndSayingSoIsRefused() {
        assertThatThrownBy(() -> PolicyConfig.NONE.withInstanceCircuitBreaker(TIGHT.withScope(Scope.CLUSTER)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("instance-circuit-breaker.scope (cluster) must be node")
                .hasMessageContaining("set circuit-breaker.scope: cluster");
    }

    @Test
    void closingStopsTheLooks() {
        admits("a");
        assertThat(environment.timers()).isEqualTo(1);
        policies.close();
        assertThat(environment.timers()).isZero();
        assertThat(metersOf("a")).isZero();
    }
}
