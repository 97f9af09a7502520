package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.state.Digest;
import io.holdfast.core.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the properties on a {@link SimGroup} rely on. */
class SimGroupTest {
    private static final byte[] MALFORMED = {};

    @Test
    void awaitsWhatHoldsForOneMomentOnly() {
        SimGroup group = new SimGroup(1);
        AtomicInteger looks = new AtomicInteger();
        group.await("the third look", () -> looks.incrementAndGet() == 3);
        assertThat(looks).hasValue(3);
    }

    @Test
    void agreesWhereverALateEntryFalls() {
        SimGroup group = new SimGroup(1);
        Digest empty = group.agreed();
        for (int tenths = 9_600; tenths <= 10_020; tenths += 5) {
            Duration late = Duration.ofNanos(tenths * 100_000L);
            group.environment().scheduler().schedule(late, () -> group.log(1).propose(MALFORMED, Deadline.NONE));
            assertThat(group.agreed()).isEqualTo(empty);
        }
    }
}
