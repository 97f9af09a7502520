package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TimeoutTest {
    private final ManualEnvironment environment = new ManualEnvironment();
    private final Policies policies = Policies.of(
            environment,
            new SimpleMeterRegistry(),
            new FlightRecorder(environment.wallClock(), 100),
            new PoliciesConfig(Map.of(
                    "catalog",
                    PolicyConfig.NONE.withTimeout(Duration.ofMillis(300)).withBulkhead(new BulkheadConfig(1)))));
    private final Pipeline pipeline =
            policies.pipeline("catalog").named("Catalog.search").build();

    @Test
    void aCallThatTakesTooLongIsInterrupted() {
        assertThatThrownBy(() -> pipeline.call(() -> {
                    environment.advance(Duration.ofMillis(300));
                    new CountDownLatch(1).await();
                    return "never";
                }))
                .isInstanceOf(DeadlineExceededException.class)
                .hasCauseInstanceOf(InterruptedException.class)
                .hasMessage(
                        "Catalog.search took longer than its timeout (300ms) and was cancelled; find what is slow or "
                                + "raise holdfast.policies.catalog.timeout");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aCallThatDoesNotHeedTheInterruptIsReportedAsTimedOutAndTheInterruptIsTakenBack() throws Exception {
        assertThatThrownBy(() -> pipeline.call(() -> {
                    environment.advance(Duration.ofMillis(300));
                    return "late";
                }))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(pipeline.call(() -> "next")).isEqualTo("next");
    }

    @Test
    void aCallInTimeLeavesNoTimerBehind() throws Exception {
        assertThat(pipeline.call(() -> "soon")).isEqualTo("soon");
        assertThatThrownBy(() -> pipeline.call(() -> {
                    throw new IOException("soon");
                }))
                .hasMessage("soon");
        assertThat(environment.timers()).isZero();
    }

    @Test
    void theTimeoutShortensTheDeadlineOfTheCallAndNeverLengthensIt() throws Exception {
        long now = environment.nanoTime();
        Deadline sooner = Deadline.after(now, Duration.ofMillis(100));

        assertThat(pipeline.call(() -> CallContext.current().deadline()))
                .isEqualTo(Deadline.after(now, Duration.ofMillis(300)));
        assertThat(CallContext.EMPTY
                        .withDeadline(sooner)
                        .call(() -> pipeline.call(() -> CallContext.current().deadline())))
                .isEqualTo(sooner);
        assertThat(CallContext.current().deadline()).isEqualTo(Deadline.NONE);
    }

    @Test
    void anInterruptBySomebodyElseIsNotATimeout() {
        assertThatThrownBy(() -> pipeline.call(() -> {
                    throw new InterruptedException("stop");
                }))
                .isInstanceOf(InterruptedException.class);
    }
}
