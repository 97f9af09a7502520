package io.holdfast.circuitbreaker.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ShareBucketTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private long now = -5_000_000_000L;

    private int take(ShareBucket bucket, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += bucket.take() ? 1 : 0;
        }
        return taken;
    }

    @Test
    void itHoldsTheTokensOfOnePeriodAndRefillsAtItsRate() {
        ShareBucket bucket = new ShareBucket(() -> now, SECOND, 10);
        assertThat(take(bucket, 20)).isEqualTo(10);
        assertThat(bucket.untilNext()).isEqualTo(Duration.ofMillis(100));
        now += 250_000_000;
        assertThat(take(bucket, 20)).isEqualTo(2);
        now += 60 * 1_000_000_000L;
        assertThat(take(bucket, 20)).isEqualTo(10);
    }

    @Test
    void aShareOfLessThanOneAPeriodLetsOnePassNowAndThen() {
        ShareBucket bucket = new ShareBucket(() -> now, SECOND, 0.25);
        assertThat(take(bucket, 5)).isEqualTo(1);
        assertThat(bucket.untilNext()).isEqualTo(SECOND);
        now += 3_900_000_000L;
        assertThat(take(bucket, 5)).isZero();
        now += 200_000_000L;
        assertThat(take(bucket, 5)).isEqualTo(1);
    }

    @Test
    void aQuickerRateIsNotHeldUpByATokenOfASlowOne() {
        ShareBucket bucket = new ShareBucket(() -> now, SECOND, 0.01);
        assertThat(take(bucket, 5)).isEqualTo(1);
        bucket.rate(100);
        now += 500_000_000L;
        assertThat(take(bucket, 200)).isEqualTo(50);
    }

    @Test
    void aRateOfZeroLetsNothingPass() {
        ShareBucket bucket = new ShareBucket(() -> now, SECOND, 0);
        assertThat(take(bucket, 5)).isZero();
        bucket.rate(10);
        assertThat(take(bucket, 50)).isEqualTo(10);
    }
}
