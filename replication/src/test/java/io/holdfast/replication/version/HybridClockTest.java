package io.holdfast.replication.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HybridClockTest {
    private Instant now = Instant.ofEpochSecond(1_000_000);
    private final HybridClock clock = new HybridClock(() -> now, Duration.ofMinutes(5));

    @Test
    void itNeverGoesBackWhateverTheTimeOfDayDoes() {
        long first = clock.tick(0);
        now = now.minusSeconds(3600);
        assertThat(clock.tick(0)).isGreaterThan(first);
        now = now.plusSeconds(7200);
        assertThat(HybridClock.millis(clock.tick(0))).isEqualTo(now.toEpochMilli());
    }

    @Test
    void itIsLaterThanWhatItHearsOf() {
        long other = (now.toEpochMilli() + 60_000) << 16;
        clock.follow(other);
        assertThat(clock.tick(0)).isGreaterThan(other);
    }

    @Test
    void whatIsForgottenIsLeftBehindHoweverFarAhead() {
        long far = (now.toEpochMilli() + 3_600_000) << 16;
        clock.pass(far);
        assertThat(clock.tick(0)).isGreaterThan(far);
    }

    @Test
    void aClockThatIsWrongByMoreThanTheDriftPullsNobodyAlong() {
        long wrong = (now.toEpochMilli() + 3_600_000) << 16;
        clock.follow(wrong);
        assertThat(HybridClock.millis(clock.tick(0))).isEqualTo(now.toEpochMilli());
        assertThat(clock.tick(wrong)).as("but what follows it is later").isGreaterThan(wrong);
        assertThat(HybridClock.millis(clock.tick(0))).isEqualTo(now.toEpochMilli());
    }
}
