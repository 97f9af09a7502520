package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.resilience4j.Breaker;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The end of the half-open state comes from a timer and from the tried calls, on different threads. */
class HalfOpenTimerTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final ManualEnvironment environment = new ManualEnvironment();
    private final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);
    private final CircuitBreakerConfig config =
            CircuitBreakerConfig.DEFAULT.withCalls(1, 1).withRecovery(WAIT, 1);
    private final Breaker breaker = new Breaker("catalog", config, environment, new SimpleMeterRegistry(), recorder);

    private void tryAgain() {
        environment.advance(WAIT.plusMillis(1));
        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.state()).isEqualTo("half_open");
    }

    private List<String> decisions() {
        return recorder.entries().stream().map(FlightRecorder.Entry::decision).toList();
    }

    @Test
    void aTimerThatOpensTheBreakerDoesNotUndoATriedCallThatEndsMeanwhile() throws Exception {
        try (Environment real = Environment.system()) {
            assertThat(breaker.admits()).isTrue();
            breaker.failed(1, new IOException("down"));
            tryAgain();
            AtomicReference<Thread> other = new AtomicReference<>();
            environment.atNextRead(
                    () -> { // the timer is about to open the breaker
                        Thread ends = real.threads().start("tried-call", () -> breaker.succeeded(1));
                        other.set(ends);
                        while (ends.isAlive() && ends.getState() != Thread.State.BLOCKED) {
                            Thread.onSpinWait();
                        }
                    });
            environment.advance(config.halfOpenTimeout());
            other.get().join(30_000);

            assertThat(breaker.state()).isEqualTo("open");
            assertThat(decisions())
                    .as("either the call closed it or the timer opened it")
                    .noneMatch(decision -> decision.startsWith("closed"));
        }
    }

    @Test
    void aTimerOfAnEarlierTryDoesNotEndALaterOne() {
        assertThat(breaker.admits()).isTrue();
        breaker.failed(1, new IOException("down"));
        tryAgain();
        environment.advance(config.halfOpenTimeout().minusMillis(1));
        breaker.failed(1, new IOException("still down"));
        tryAgain();
        environment.advance(config.halfOpenTimeout().minusMillis(1));
        assertThat(breaker.state()).isEqualTo("half_open");
        breaker.succeeded(1);
        assertThat(breaker.state()).isEqualTo("closed");
    }
}
