package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.InvalidContractException;
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

    @Test
    void aTimeoutThatWouldNeverEndAnAttemptIsRefusedWhenThePipelineIsBuilt() {
        CallLimit limit = new CallLimit(Duration.ofMillis(200), "holdfast.client.timeout");
        assertThatThrownBy(() -> policies.pipeline("catalog")
                        .named("Catalog.list")
                        .within(limit)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the timeout of policy catalog (300ms) must not be longer than a call of Catalog.list may take in all (200ms): "
                                + "it would never end an attempt; lower holdfast.policies.catalog.timeout or raise holdfast.client.timeout");
        assertThatThrownBy(() -> policies.pipeline("other")
                        .named("Other.list")
                        .within(limit)
                        .timeout(Duration.ofMillis(201))
                        .build())
                .hasMessageContaining("the timeout of policy other (201ms) must not be longer")
                .hasMessageContaining("lower the timeout of Other.list or raise holdfast.client.timeout");
        assertThat(policies.pipeline("other")
                        .within(limit)
                        .timeout(Duration.ofMillis(200))
                        .build()
                        .describe())
                .isEqualTo("timeout(200ms) > call");
    }

    @Test
    void aChangeToATimeoutThatWouldNeverEndAnAttemptIsRefusedAndTheOldNumbersStay() {
        PolicyConfig before = policies.numbers("catalog").orElseThrow();
        policies.pipeline("catalog")
                .named("Catalog.list")
                .within(new CallLimit(Duration.ofMillis(400), "holdfast.client.timeout"))
                .build();
        policies.pipeline("catalog") // the number in the configuration wins while there is one
                .named("Catalog.find")
                .within(new CallLimit(Duration.ofMillis(500), "holdfast.client.timeout"))
                .timeout(Duration.ofMillis(600))
                .build();

        assertThatThrownBy(() -> policies.update("catalog", before.withTimeout(Duration.ofMillis(401))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a call of Catalog.list may take in all (400ms)");
        assertThatThrownBy(() -> policies.update("catalog", PolicyConfig.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lower the timeout of Catalog.find or raise holdfast.client.timeout");
        assertThat(pipeline.describe()).contains("timeout(300ms)");
        policies.update("catalog", before.withTimeout(Duration.ofMillis(400)));
        assertThat(pipeline.describe()).contains("timeout(400ms)");
    }

    interface Slow {
        @Timeout("1m")
        String search(String words);
    }

    @Test
    void anAnnotatedTimeoutThatIsLongerThanTheCallIsAMistakeInTheContract() {
        assertThatThrownBy(() -> GuardedContract.of(
                        Slow.class, "slow", policies, new CallLimit(Duration.ofSeconds(5), "holdfast.client.timeout")))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining(
                        "the timeout of policy slow (1m) must not be longer than a call of Slow.search may take in all (5s)");
    }
}
