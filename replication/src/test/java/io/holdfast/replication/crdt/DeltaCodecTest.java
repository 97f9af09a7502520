package io.holdfast.replication.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a message of any origin can do to the node that reads it. */
class DeltaCodecTest {
    private static DeltaCodec.Named again(ObjectId id, Delta delta) {
        return DeltaCodec.decode(DeltaCodec.encode(id, delta));
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS) // it takes milliseconds, or many minutes
    void aContextWithManyGapsIsReadInTimeOfItsLength() {
        long[] bounds = new long[800_000];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = 3L * (i / 2) + 1 + i % 2;
        }
        CausalContext seen = new CausalContext();
        seen.add(5, DotRanges.ofOrdered(bounds));
        Delta delta = new Delta(new TreeMap<>(), seen);
        assertThat(again(new ObjectId(Kind.SET, "s"), delta).delta()).isEqualTo(delta);
    }

    @Test
    void rangesThatTouchAreOne() {
        assertThat(DotRanges.ofOrdered(new long[] {1, 2, 3, 4, 6, 6}))
                .isEqualTo(DotRanges.of(1, 4).plus(DotRanges.of(6, 6)));
    }
}
