package io.holdfast.circuitbreaker.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.call.Criticality;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A burst is none of its business, a standing queue is. */
class QueueDelayTest {
    private static final long MS = 1_000_000;

    private final QueueDelay queue = new QueueDelay(Duration.ofMillis(5), Duration.ofMillis(100), 0);

    private boolean refuses(Criticality criticality, long waitedMs, long atMs) {
        return queue.refusesToBegin(criticality, waitedMs * MS, atMs * MS);
    }

    private void stand() {
        for (int at = 0; at <= 210; at += 10) {
            refuses(Criticality.CRITICAL_PLUS, 30, at);
        }
        assertThat(queue.standing()).isTrue();
    }

    @Test
    void aBurstThatIsWorkedOffWithinAnIntervalRefusesNobody() {
        for (int at = 0; at < 1000; at += 10) {
            int waited = at % 100 == 0 ? 1 : 80; // once in each interval the queue is empty
            assertThat(refuses(Criticality.SHEDDABLE, waited, at)).isFalse();
        }
    }

    @Test
    void aStandingQueueRefusesTheLowerClassSooner() {
        stand();
        assertThat(refuses(Criticality.SHEDDABLE, 9, 211)).isFalse();
        assertThat(refuses(Criticality.SHEDDABLE, 11, 212)).isTrue();
        assertThat(refuses(Criticality.SHEDDABLE_PLUS, 19, 213)).isFalse();
        assertThat(refuses(Criticality.SHEDDABLE_PLUS, 21, 214)).isTrue();
        assertThat(refuses(Criticality.CRITICAL, 39, 215)).isFalse();
        assertThat(refuses(Criticality.CRITICAL, 41, 216)).isTrue();
        assertThat(refuses(Criticality.CRITICAL_PLUS, 5000, 217)).isFalse();
    }

    @Test
    void whoWouldWaitTooLongIsNotEvenQueuedUntilTheNewsIsOld() {
        stand();
        refuses(Criticality.CRITICAL_PLUS, 30, 220);
        assertThat(queue.refusesToQueue(Criticality.SHEDDABLE, 221 * MS)).isTrue();
        assertThat(queue.refusesToQueue(Criticality.CRITICAL, 221 * MS)).isFalse();
        assertThat(queue.refusesToQueue(Criticality.SHEDDABLE, 321 * MS)).isFalse();
    }

    @Test
    void theQueueIsGoneWhenOneCallOfAnIntervalDidNotWait() {
        stand();
        refuses(Criticality.CRITICAL, 30, 320);
        refuses(Criticality.CRITICAL, 1, 330);
        refuses(Criticality.CRITICAL, 30, 430);
        assertThat(queue.standing()).isFalse();
    }

    @Test
    void afterAPauseTheFirstCallFindsNoStandingQueue() {
        stand();
        assertThat(refuses(Criticality.SHEDDABLE, 30, 10_000)).isFalse();
    }
}
