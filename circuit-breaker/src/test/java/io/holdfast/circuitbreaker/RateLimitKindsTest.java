package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.circuitbreaker.config.PartitionMode;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.security.Principal;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RateLimitKindsTest {
    private static final RateLimitConfig TEN = new RateLimitConfig(10, Duration.ofSeconds(1));

    private final ManualEnvironment environment = new ManualEnvironment();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private Policies policies(RateLimitConfig numbers) {
        return Policies.of(
                environment,
                meters,
                new FlightRecorder(environment.wallClock(), 100),
                new PoliciesConfig(Map.of("catalog", PolicyConfig.NONE.withRateLimit(numbers))));
    }

    private static int taken(Pipeline pipeline, int calls) throws Exception {
        int taken = 0;
        for (int i = 0; i < calls; i++) {
            try {
                pipeline.call(() -> "taken");
                taken++;
            } catch (RateLimitedException refused) {
                assertThat(refused.retryAfter()).isPresent();
            }
        }
        return taken;
    }

    @Test
    void aSmoothLimitRefusesWithTheTimeUntilTheNextCall() throws Exception {
        Pipeline pipeline = policies(TEN.smooth(3)).pipeline("catalog").build();

        assertThat(taken(pipeline, 20)).isEqualTo(3);
        RateLimitedException refused =
                catchThrowableOfType(RateLimitedException.class, () -> pipeline.call(() -> "too early"));
        assertThat(refused.retryAfter()).contains(Duration.ofMillis(100));
        environment.advance(Duration.ofMillis(100));

        assertThat(taken(pipeline, 20)).isEqualTo(1);
        assertThat(pipeline.describe()).isEqualTo("rate-limit(10 in 1s, smooth) > call");
        assertThat(meters.get("holdfast.policy.rate.refused").functionCounter().count())
                .isEqualTo(17 + 1 + 19);
    }

    @Test
    void eachPrincipalHasALimitOfItsOwn() throws Exception {
        Pipeline pipeline =
                policies(TEN.per("principal", 100)).pipeline("catalog").build();
        CallContext ada = CallContext.EMPTY.withPrincipal(new Principal("ada", Principal.Source.TOKEN));

        assertThat(taken(pipeline, 20)).isEqualTo(10);
        assertThat(ada.call(() -> taken(pipeline, 20))).isEqualTo(10);
        assertThat(ada.call(() -> taken(pipeline, 20))).isZero();
        assertThat(meters.get("holdfast.policy.rate.keys").gauge().value()).isEqualTo(2);
    }

    @Test
    void eachTenantHasALimitOfItsOwnAndTheirNumberIsBounded() throws Exception {
        Pipeline pipeline =
                policies(TEN.per("baggage:tenant", 50)).pipeline("catalog").build();
        for (int i = 0; i < 1000; i++) {
            CallContext tenant = CallContext.EMPTY.withBaggage(Map.of("tenant", "t-" + i));
            assertThat(tenant.call(() -> taken(pipeline, 11))).isEqualTo(10);
        }
        assertThat(meters.get("holdfast.policy.rate.keys").gauge().value()).isLessThanOrEqualTo(50);
    }

    @Test
    void theKindChangesWhileCallsRun() throws Exception {
        Policies policies = policies(TEN);
        Pipeline pipeline = policies.pipeline("catalog").build();
        assertThat(taken(pipeline, 20)).isEqualTo(10);

        policies.update("catalog", PolicyConfig.NONE.withRateLimit(TEN.sliding()));
        assertThat(taken(pipeline, 20)).isEqualTo(10);
        policies.update("catalog", PolicyConfig.NONE.withRateLimit(TEN));
        assertThat(taken(pipeline, 20)).isEqualTo(10);

        assertThat(meters.find("holdfast.policy.rate.refused").meters()).isEmpty();
    }

    @Test
    void whatDoesNotFitTogetherIsRefusedWithTheRemedy() {
        assertThatThrownBy(() -> TEN.ofCluster(PartitionMode.STRICT).sliding())
                .hasMessageContaining("set scope: node or leave them out");
        assertThatThrownBy(() -> TEN.per("tenant", 10)).hasMessageContaining("for instance baggage:tenant");
        assertThatThrownBy(() -> TEN.smooth(11)).hasMessageContaining("burst");
    }
}
