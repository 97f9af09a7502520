package io.holdfast.benchmarks.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How long an outage was, from the calls that its callers made. */
class OutageTest {
    private static final long MILLI = 1_000_000;

    private static Call call(long begin, long end, int shard, boolean done) {
        return new Call(begin * MILLI, end * MILLI, shard, true, done ? "" : "UnavailableException");
    }

    private static Outage outage(Call... calls) {
        return Outage.of(new Calls(List.of(calls)), Set.of(1, 2), 1_000 * MILLI, 9_000 * MILLI);
    }

    @Test
    void aShardIsBackWithTheFirstDoneCallThatBeganAfterItsOwnerFailed() {
        Outage outage = outage(
                call(990, 1_010, 1, true),
                call(1_100, 3_000, 1, true),
                call(1_200, 2_500, 2, true),
                call(1_000, 6_000, 2, false));
        assertThat(outage.lastMillis()).isEqualTo(2_000);
        assertThat(outage.failed()).isEqualTo(1);
    }

    @Test
    void aShardWithoutADoneCallWasOutAllTheTime() {
        assertThat(outage(call(1_100, 1_200, 1, true)).lastMillis()).isEqualTo(8_000);
    }

    @Test
    void theGapOfOthersReachesToTheEndsOfTheTime() {
        assertThat(outage(call(1_500, 2_000, 7, true), call(2_000, 4_000, 7, true))
                        .otherGapMillis())
                .isEqualTo(5_000);
    }
}
