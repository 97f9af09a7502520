package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.BreakerMode;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorTest {
    private static final CircuitBreakerConfig TIGHT =
            CircuitBreakerConfig.DEFAULT.withCalls(4, 10).withRecovery(Duration.ofSeconds(5), 2);

    private final ManualEnvironment environment = new ManualEnvironment().leaping();
    private final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);
    private final Policies policies = Policies.of(
            environment,
            new SimpleMeterRegistry(),
            recorder,
            new PoliciesConfig(Map.of("catalog", PolicyConfig.NONE.withCircuitBreaker(TIGHT))));
    private final Pipeline pipeline = policies.pipeline("catalog").build();

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> pipeline.call(() -> {
                        throw new IOException("down");
                    }))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aBreakerHeldOpenRefusesUntilItIsGivenBack() throws Exception {
        policies.force("catalog", BreakerMode.FORCED_OPEN);
        environment.advance(Duration.ofMinutes(10));

        assertThatThrownBy(() -> pipeline.call(() -> "not reached"))
                .isInstanceOf(CircuitOpenException.class)
                .hasMessageContaining("held open by an operator");
        policies.force("catalog", BreakerMode.AUTOMATIC);

        assertThat(pipeline.call(() -> "well")).isEqualTo("well");
        assertThat(recorder.entries())
                .extracting(FlightRecorder.Entry::decision)
                .containsExactly("is forced_open by an operator", "closed: an operator leaves it to itself again");
    }

    @Test
    void aBreakerHeldClosedLetsEveryCallPass() {
        policies.force("catalog", BreakerMode.FORCED_CLOSED);
        fail(100);
        assertThat(pipeline.describe()).contains("disabled");
    }

    @Test
    void aBreakerThatOnlyCountsLetsEveryCallPassAndShowsTheRate() {
        policies.force("catalog", BreakerMode.METRICS_ONLY);
        fail(100);
        assertThat(pipeline.describe()).contains("metrics_only");
    }

    @Test
    void anOperatorsHoldOutlivesAChangeOfTheNumbers() {
        policies.force("catalog", BreakerMode.FORCED_OPEN);

        policies.update("catalog", PolicyConfig.NONE.withCircuitBreaker(TIGHT.withCalls(5, 20)));

        assertThatThrownBy(() -> pipeline.call(() -> "not reached")).isInstanceOf(CircuitOpenException.class);
    }

    @Test
    void givingBackWhatWasNeverHeldKeepsTheState() {
        fail(4);
        policies.force("catalog", BreakerMode.AUTOMATIC);
        assertThatThrownBy(() -> pipeline.call(() -> "not reached")).isInstanceOf(CircuitOpenException.class);
    }

    @Test
    void changingAnUnknownPolicyIsRefusedWithTheKnownOnesAndMakesNone() {
        policies.pipeline("payments").build();

        assertThatThrownBy(() -> policies.update("catalogue", PolicyConfig.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("policy catalogue is not in use; these are: [catalog, payments]");
        assertThat(policies.describe()).containsOnlyKeys("catalog", "payments");
        policies.update("payments", PolicyConfig.NONE.withCircuitBreaker(TIGHT));
    }

    @Test
    void anUnknownPolicyIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> policies.force("catalogue", BreakerMode.FORCED_OPEN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("policy catalogue is not in use; these are: [catalog]");
    }
}
