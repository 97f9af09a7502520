package io.holdfast.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DeadlineWheelTest {
    private static final long TICK = 1L << DeadlineWheel.TICK_SHIFT;

    private final List<Long> fired = new ArrayList<>();
    private long now;

    private Timed node(long deadline) {
        return new Timed() {
            @Override
            void onDeadline() {
                assertThat(deadline - now).isNotPositive();
                assertThat(now - deadline).isLessThanOrEqualTo(2 * TICK);
                fired.add(deadline);
            }
        };
    }

    @Property(tries = 200)
    void eachDeadlineFiresOnceNeverEarlyAndAtMostTwoTicksLate(
            @ForAll @LongRange(min = -1_000_000_000_000L, max = 1_000_000_000_000L) long start,
            @ForAll @Size(max = 50) List<@LongRange(min = 0, max = 20_000_000_000L) Long> delays) {
        fired.clear();
        now = start;
        DeadlineWheel wheel = new DeadlineWheel(start);
        for (long delay : delays) {
            wheel.add(node(start + delay), start + delay, start);
        }
        for (int i = 0; i < 5000; i++) {
            now += TICK;
            wheel.advance(now);
        }
        assertThat(fired).hasSameSizeAs(delays);
        assertThat(wheel.size()).isZero();
    }

    @Test
    void aRemovedDeadlineDoesNotFire() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        List<Timed> nodes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Timed node = node(10);
            nodes.add(node);
            wheel.add(node, 10, 0);
        }
        wheel.remove(nodes.get(0));
        wheel.remove(nodes.get(2));
        wheel.remove(nodes.get(4));
        wheel.remove(nodes.get(4));
        now = 2 * TICK;
        wheel.advance(now);
        assertThat(fired).hasSize(2);
    }

    @Test
    void anEmptyWheelTakesUpTheTimeWhenItIsUsedAgain() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        now = 1_000_000 * TICK;
        wheel.add(node(now + TICK), now + TICK, now);
        now += 3 * TICK;
        wheel.advance(now);
        assertThat(fired).hasSize(1);
    }
}
