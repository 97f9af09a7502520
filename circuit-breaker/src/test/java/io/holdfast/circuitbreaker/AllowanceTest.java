package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AllowanceTest {
    private static final long SECOND = 1_000_000_000L;

    private static int taken(Allowance allowance, long from, long to, long step) {
        int taken = 0;
        for (long now = from; now < to; now += step) {
            taken += allowance.take(now) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void aFixedPeriodLetsTwiceTheLimitThroughAroundItsBoundary() {
        Allowance fixed = new Allowance.Fixed(100, SECOND, 0);
        assertThat(taken(fixed, SECOND * 9 / 10, SECOND * 11 / 10, SECOND / 1000))
                .isEqualTo(200);
    }

    @Test
    void aThreadThatReadTheTimeBeforeTheBoundaryDoesNotBeginAPeriodAnew() {
        Allowance fixed = new Allowance.Fixed(10, SECOND, 0);
        assertThat(taken(fixed, SECOND, SECOND + 20, 1)).isEqualTo(10);
        assertThat(fixed.take(SECOND - 1)).isFalse();
        assertThat(fixed.untilNextNanos(SECOND - 1)).isEqualTo(SECOND + 1);
        assertThat(taken(fixed, SECOND + 20, SECOND + 40, 1)).isZero();
        assertThat(taken(fixed, 2 * SECOND, 2 * SECOND + 20, 1)).isEqualTo(10);
    }

    @Test
    void aLimitThatNobodyUsedForWeeksBeginsAnew() {
        long millisecond = 1_000_000;
        Allowance fixed = new Allowance.Fixed(10, millisecond, 0);
        assertThat(taken(fixed, 0, 20, 1)).isEqualTo(10);
        long later = millisecond * 3_000_000_000L; // periods: more than half of what 32 bits can number
        assertThat(taken(fixed, later, later + 20, 1)).isEqualTo(10);
        assertThat(taken(fixed, later + millisecond, later + millisecond + 20, 1))
                .isEqualTo(10);
    }

    @Test
    void aSlidingWindowDoesNot() {
        Allowance sliding = new Allowance.Sliding(100, SECOND, 0);
        assertThat(taken(sliding, SECOND * 9 / 10, SECOND * 11 / 10, SECOND / 1000))
                .isBetween(100, 110);
    }

    @Test
    void smoothCallsComeOneByOneAfterTheBurst() {
        Allowance smooth = new Allowance.Smooth(100, 5, SECOND, 0);
        assertThat(taken(smooth, SECOND, SECOND + 1000, 1)).isEqualTo(5);
        assertThat(taken(smooth, SECOND + 1000, 2 * SECOND + 1000, SECOND / 10_000))
                .isBetween(99, 101);
    }

    @Property(tries = 200)
    void noWindowHoldsMoreThanTheWayOfCountingAllows(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 50) int limit, @ForAll @IntRange(max = 2) int kind) {
        Random random = new Random(seed);
        Allowance allowance = switch (kind) {
            case 0 -> new Allowance.Fixed(limit, SECOND, 0);
            case 1 -> new Allowance.Sliding(limit, SECOND, 0);
            default -> new Allowance.Smooth(limit, 1, SECOND, 0);
        };
        int most = kind == 0 ? 2 * limit : kind == 1 ? 2 * limit : limit + 1;
        Deque<Long> window = new ArrayDeque<>();
        long now = 0;
        for (int i = 0; i < 3000; i++) {
            now += random.nextInt((int) (SECOND / 100));
            boolean left = allowance.untilNextNanos(now) == 0;
            boolean took = allowance.take(now);
            assertThat(took)
                    .as("seed %d: what it says is left can be taken", seed)
                    .isEqualTo(left);
            if (took) {
                window.addLast(now);
            } else {
                long wait = allowance.untilNextNanos(now);
                assertThat(wait).as("seed %d", seed).isBetween(1L, 2 * SECOND);
            }
            while (!window.isEmpty() && window.peekFirst() <= now - SECOND) {
                window.removeFirst();
            }
            assertThat(window.size())
                    .as("seed %d, kind %d, limit %d", seed, kind, limit)
                    .isLessThanOrEqualTo(most);
        }
    }

    @Property(tries = 200)
    void whoeverWaitsAsLongAsToldGetsACall(@ForAll long seed, @ForAll @IntRange(max = 2) int kind) {
        Random random = new Random(seed);
        int limit = 1 + random.nextInt(50);
        Allowance allowance = switch (kind) {
            case 0 -> new Allowance.Fixed(limit, SECOND, 0);
            case 1 -> new Allowance.Sliding(limit, SECOND, 0);
            default -> new Allowance.Smooth(limit, 1 + random.nextInt(limit), SECOND, 0);
        };
        long now = 0;
        for (int i = 0; i < 500; i++) {
            while (allowance.take(now)) {
                now += random.nextInt(1000);
            }
            long wait = allowance.untilNextNanos(now);
            assertThat(wait).as("seed %d, kind %d", seed, kind).isBetween(1L, 2 * SECOND);
            now += wait;
            assertThat(allowance.take(now)).as("seed %d, kind %d", seed, kind).isTrue();
        }
    }
}
