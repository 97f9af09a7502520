package io.holdfast.sharding.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JobRecordCodecTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final NodeId HOST = NodeId.of("a");

    private static JobRecord busy() {
        JobRecord job = JobRecord.first("every 1s", T);
        for (JobEvent.Outcome outcome : JobEvent.Outcome.values()) {
            job = job.missed(new JobEvent(outcome, T, T.plusSeconds(2), 3, T, T.plusMillis(5), HOST, "why é"));
        }
        return job.claimed(new JobRecord.Claim(T.plusSeconds(3), T.plusSeconds(4), new Epoch(7), HOST));
    }

    @Test
    void aRecordComesBackAsItWas() {
        assertThat(JobRecordCodec.decode(JobRecordCodec.encode(busy()))).isEqualTo(busy());
    }

    @Test
    void theHistoryKeepsTheNewest() {
        JobRecord job = busy();
        for (int i = 0; i < 2 * JobRecord.KEPT; i++) {
            job = job.claimed(new JobRecord.Claim(T.plusSeconds(i), T, new Epoch(1), HOST))
                    .ended(JobEvent.Outcome.DONE, T, "x".repeat(1000));
        }
        assertThat(job.history()).hasSize(JobRecord.KEPT);
        assertThat(job.history().get(JobRecord.KEPT - 1).tick()).isEqualTo(T.plusSeconds(2 * JobRecord.KEPT - 1));
        assertThat(JobRecordCodec.decode(JobRecordCodec.encode(job))).isEqualTo(job);
        assertThat(JobRecordCodec.encode(job)).hasSizeLessThan(16 * 1024);
    }

    @Test
    void bytesOfAnyOriginAreARecordOrRefused() {
        byte[] good = JobRecordCodec.encode(busy());
        for (int cut = 0; cut < good.length; cut++) {
            byte[] part = Arrays.copyOf(good, cut);
            assertThatThrownBy(() -> JobRecordCodec.decode(part)).isInstanceOf(ProtocolException.class);
        }
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 2000; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            try {
                JobRecordCodec.decode(bad);
            } catch (ProtocolException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
    }
}
