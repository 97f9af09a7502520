package io.holdfast.examples.streaming.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KindCountsTest {
    private static final long MILLI = 1_000_000;

    private final KindCounts counts = new KindCounts();

    @Test
    void countsOnlyWhatWasDueSinceTheMark() {
        counts.mark(0);
        counts.answered("home", 10 * MILLI, MILLI);
        counts.mark(20 * MILLI);
        counts.answered("home", 19 * MILLI, MILLI); // its answer came after the mark
        counts.failed("home", 19 * MILLI);
        assertThat(counts.report()).isEmpty();
        counts.answered("home", 20 * MILLI, MILLI);
        assertThat(counts.report().get("home").answered()).isEqualTo(1);
    }

    @Test
    void aRequestWithoutAnAnswerIsAsSlowAsTheClientIsPatient() {
        counts.mark(0);
        for (int i = 0; i < 97; i++) {
            counts.answered("home", i, 5 * MILLI);
        }
        counts.answered("start", 0, MILLI);
        for (int i = 0; i < 3; i++) {
            counts.failed("home", i);
        }
        KindReport home = counts.report().get("home");
        assertThat(home.answered()).isEqualTo(97);
        assertThat(home.failed()).isEqualTo(3);
        assertThat(home.p99Millis()).isGreaterThanOrEqualTo(2000);
        assertThat(counts.report().get("start").failed()).isZero();
    }
}
