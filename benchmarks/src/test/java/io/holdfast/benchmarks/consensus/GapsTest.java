package io.holdfast.benchmarks.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a fail-over's figure is made of. Times are in milliseconds. */
class GapsTest {
    private static final long MILLI = 1_000_000;

    private static Gaps done(long... millis) {
        Gaps gaps = new Gaps();
        for (long at : millis) {
            gaps.done(at * MILLI);
        }
        return gaps;
    }

    private static Gaps.Outcome between(Gaps gaps, long begin, long kill, long end) {
        return gaps.between(begin * MILLI, kill * MILLI, end * MILLI);
    }

    @Test
    void theGapThatEndsAfterTheKillIsToldFromThoseBeforeIt() {
        Gaps.Outcome outcome = between(done(110, 150, 160, 700, 710, 720), 100, 200, 730);
        assertThat(outcome.beforeMillis()).isEqualTo(40);
        assertThat(outcome.atKillMillis()).isEqualTo(540);
    }

    @Test
    void theOrderInWhichWritesAreToldDoesNotMatter() {
        assertThat(between(done(720, 150, 700, 110, 710, 160), 100, 200, 730))
                .isEqualTo(between(done(110, 150, 160, 700, 710, 720), 100, 200, 730));
    }

    @Test
    void withoutAWriteAfterTheKillTheGapLastsToTheEnd() {
        assertThat(between(done(110, 150), 100, 200, 1150).atKillMillis()).isEqualTo(1000);
    }

    @Test
    void writesBeforeTheBeginningEndNoGap() {
        Gaps.Outcome outcome = between(done(10, 95, 130), 100, 200, 250);
        assertThat(outcome.beforeMillis()).isEqualTo(30);
        assertThat(outcome.done()).isEqualTo(3);
    }

    @Test
    void aSecondGapAfterTheKillCountsToo() {
        assertThat(between(done(190, 250, 1250, 1260), 100, 200, 1270).atKillMillis())
                .isEqualTo(1000);
    }

    @Test
    void anOutcomeSurvivesTheWayToTheDriver() {
        Gaps gaps = done(110, 260);
        gaps.failed(new IllegalStateException("no leader\nat all"));
        gaps.notSent();
        Gaps.Outcome outcome = between(gaps, 100, 200, 300);
        assertThat(Gaps.Outcome.parse(outcome.line())).isEqualTo(outcome);
        assertThat(outcome.lastError()).isEqualTo("java.lang.IllegalStateException: no leader at all");
    }
}
