package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.CircuitBreaker;
import io.holdfast.circuitbreaker.CircuitOpenException;
import io.holdfast.core.ServiceName;
import io.holdfast.core.call.Idempotent;
import io.holdfast.service.RemoteService;
import io.holdfast.service.RemoteServiceException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A circuit breaker for each instance of a service. */
class InstanceBreakerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @RemoteService("stall")
    @Idempotent
    @CircuitBreaker(perInstance = true)
    public interface Stall {
        String sell(String what);
    }

    @Test
    void aFailingInstanceIsLeftAloneWhileTheOtherIsCalled() {
        AtomicInteger asked = new AtomicInteger();
        try (HoldfastNode good = Holdfast.node("good").start().awaitReady(LIMIT);
                HoldfastNode bad = Holdfast.node("bad")
                        .seeds(good.address().toString())
                        .start()
                        .awaitReady(LIMIT);
                HoldfastNode caller = Holdfast.node("caller")
                        .seeds(good.address().toString())
                        .set("holdfast.client.balance", "round-robin")
                        .set("holdfast.policies.stall.instance-circuit-breaker.minimum-calls", "4")
                        .set("holdfast.policies.stall.instance-circuit-breaker.window-size", "10")
                        .set("holdfast.policies.stall.instance-circuit-breaker.wait-in-open", "10m")
                        .start()
                        .awaitReady(LIMIT)) {
            good.host((Stall) what -> "sold " + what);
            bad.host((Stall) what -> {
                asked.incrementAndGet();
                throw new IllegalStateException("sold out");
            });
            caller.services()
                    .awaitInstances(ServiceName.of("stall"), 2, LIMIT)
                    .toCompletableFuture()
                    .join();
            Stall stall = caller.client(Stall.class);
            int failed = 0;
            for (int i = 0; i < 40; i++) {
                try {
                    assertThat(stall.sell("tea")).isEqualTo("sold tea");
                } catch (RemoteServiceException e) {
                    failed++;
                }
            }
            assertThat(failed).isEqualTo(4);
            assertThat(asked).hasValue(4);

            good.close();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            stall.sell("tea");
                        }
                    })
                    .isInstanceOf(CircuitOpenException.class)
                    .hasMessageContaining("for all 1 instances of stall/sell are open");
        }
    }
}
