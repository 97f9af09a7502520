package io.holdfast.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.HealthCheck.Kind;
import io.holdfast.core.telemetry.HealthCheck.Result;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TelemetryTest {
    private final HealthChecks health = new HealthChecks();
    private final FlightRecorder recorder = new FlightRecorder(() -> Instant.EPOCH, 3);

    @Test
    void aKindWithoutContributorsHasNoAnswers() {
        assertThat(health.ask(Kind.LIVE)).isEmpty();
    }

    @Test
    void everyContributorOfAKindAnswersInOrderOfName() {
        health.add(Kind.READY, "joined", () -> new Result(true, "2 members"));
        health.add(Kind.READY, "draining", () -> new Result(false, "leaving"));
        health.add(Kind.LIVE, "loop", () -> new Result(true, "turns"));
        assertThat(health.ask(Kind.READY).keySet()).containsExactly("draining", "joined");
        assertThat(health.ask(Kind.READY)).containsEntry("draining", new Result(false, "leaving"));
    }

    @Test
    void aContributorThatThrowsIsDownAndHidesNoOther() {
        health.add(Kind.READY, "a", () -> {
            throw new IllegalStateException("broken on purpose");
        });
        health.add(Kind.READY, "b", () -> new Result(true, ""));
        assertThat(health.ask(Kind.READY).get("a").up()).isFalse();
        assertThat(health.ask(Kind.READY).get("a").detail()).contains("broken on purpose");
        assertThat(health.ask(Kind.READY).get("b").up()).isTrue();
    }

    @Test
    void aNameIsTakenOnceUntilItIsTakenOut() {
        Registration registration = health.add(Kind.READY, "a", () -> new Result(true, "first"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> health.add(Kind.READY, "a", () -> new Result(true, "")))
                .withMessageContaining("READY a exists already");
        registration.close();
        health.add(Kind.READY, "a", () -> new Result(true, "second"));
        registration.close();
        assertThat(health.ask(Kind.READY).get("a").detail()).isEqualTo("second");
    }

    @Test
    void theRecorderKeepsTheLatestDecisions() {
        for (int i = 1; i <= 5; i++) {
            recorder.record("swim", "n" + i, "suspected");
        }
        assertThat(recorder.entries()).extracting(FlightRecorder.Entry::subject).containsExactly("n3", "n4", "n5");
        assertThat(recorder.entries())
                .extracting(FlightRecorder.Entry::sequence)
                .containsExactly(3L, 4L, 5L);
    }

    @Test
    void aLongDecisionIsCut() {
        recorder.record("swim", "n1", "x".repeat(10_000));
        assertThat(recorder.entries().get(0).decision()).hasSize(500);
    }
}
