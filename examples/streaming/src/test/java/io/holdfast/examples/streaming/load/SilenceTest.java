package io.holdfast.examples.streaming.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilenceTest {
    private final Silence silence = new Silence();

    private void brokenAt(long... millis) {
        for (long at : millis) {
            silence.broken(at * 1_000_000);
        }
    }

    @Test
    void knowsItsLongestGapAndTheLongestSinceSomebodyAsked() {
        silence.begin(0);
        brokenAt(300, 310);
        assertThat(silence.takeLongest(320_000_000)).isEqualTo(300_000_000);
        brokenAt(420, 430); // it had begun before
        assertThat(silence.takeLongest(440_000_000)).isEqualTo(110_000_000);
        assertThat(silence.takeLongest(930_000_000)).isEqualTo(500_000_000); // it goes on
        assertThat(silence.longestMillis()).isEqualTo(300);
    }
}
