package io.holdfast.benchmarks.shards;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.NodeId;
import io.holdfast.sharding.job.JobEvent;
import io.holdfast.sharding.job.JobEvent.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a run of jobs is judged by. Ticks are seconds. */
class TickLedgerTest {
    private final TickLedger ledger = new TickLedger();

    private void told(Outcome outcome, long first, long last) {
        Instant when = Instant.ofEpochSecond(last);
        ledger.told(List.of(new JobEvent(
                outcome,
                Instant.ofEpochSecond(first),
                when,
                (int) (last - first + 1),
                when,
                when,
                NodeId.of("n1"),
                "")));
    }

    private TickLedger.Verdict verdict() {
        return ledger.judge(10_000, 14_000, 1_000);
    }

    private void effects(long... ticks) {
        for (long tick : ticks) {
            ledger.effect(tick * 1_000);
        }
    }

    @Test
    void everyTickThatRanOnceOrWasReportedIsInOrder() {
        effects(10, 11);
        told(Outcome.DONE, 10, 10);
        told(Outcome.LOST, 11, 11); // it ran in full, and its owner was gone before it said so
        told(Outcome.MISSED, 12, 13);
        told(Outcome.FAILED, 14, 14);
        assertThat(verdict())
                .isEqualTo(new TickLedger.Verdict(5, 2, Map.of(Outcome.MISSED, 2L, Outcome.FAILED, 1L), 0, 0, 0));
        assertThat(verdict().holds()).isTrue();
    }

    @Test
    void aTickWithTwoEffectsIsAViolation() {
        effects(10, 11, 12, 13, 14, 12);
        assertThat(verdict().twice()).isEqualTo(1);
        assertThat(verdict().holds()).isFalse();
    }

    @Test
    void aTickOfWhichNothingIsKnownIsAViolation() {
        effects(10, 11, 12, 13);
        assertThat(verdict().silent()).isEqualTo(1);
        assertThat(verdict().holds()).isFalse();
    }

    @Test
    void aTickThatIsSaidToBeDoneAndLeftNothingIsAViolation() {
        effects(10, 11, 12, 13);
        told(Outcome.DONE, 14, 14);
        assertThat(verdict().silent()).isEqualTo(1);
    }

    @Test
    void aTickThatRanAndIsSaidToBeMissedIsAViolation() {
        effects(10, 11, 12, 13, 14);
        told(Outcome.MISSED, 11, 11);
        assertThat(verdict().denied()).isEqualTo(1);
        assertThat(verdict().holds()).isFalse();
    }
}
