package io.holdfast.testkit.sim;

import io.holdfast.core.Check;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.WallClock;
import java.time.Duration;
import java.time.Instant;

/**
 * The clocks of one simulated node: a monotonic one with an arbitrary origin that may run fast or slow, and a wall clock that may jump either way.
 */
public final class SimClock implements MonotonicClock {
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private final Kernel kernel;
    private long worldBase;
    private long localBase;
    private double rate = 1.0;
    private long wallOffsetNanos;

    SimClock(Kernel kernel, long origin) {
        this.kernel = kernel;
        this.worldBase = kernel.now();
        this.localBase = origin;
    }

    @Override
    public long nanoTime() {
        long passed = kernel.now() - worldBase;
        return localBase + (rate == 1.0 ? passed : (long) (passed * rate));
    }

    /**
     * The node's time of day.
     *
     * @return a clock that follows {@link #jump} and {@link #jumpWall}
     */
    public WallClock wall() {
        return () -> BEGINNING.plusNanos(kernel.now()).plusNanos(wallOffsetNanos);
    }

    /**
     * Both clocks leap ahead, as after a suspended machine wakes; timers that are overdue by then fire at once.
     *
     * @param ahead how far, not negative: a monotonic clock never goes back
     * @throws IllegalArgumentException if it is negative
     */
    public void jump(Duration ahead) {
        Check.notNegative("jump of a monotonic clock", ahead);
        rebase(ahead.toNanos(), rate);
        wallOffsetNanos += ahead.toNanos();
    }

    /**
     * The time of day leaps, as when somebody or NTP sets the clock. Timers do not notice.
     *
     * @param distance how far, back if negative
     */
    public void jumpWall(Duration distance) {
        wallOffsetNanos += distance.toNanos();
    }

    /**
     * The monotonic clock runs fast or slow from now on, and the timers with it.
     *
     * @param value nanoseconds of this clock for each nanosecond of the world, 0.5 to 2; 1.0001 is a clock that gains 100 ppm
     * @throws IllegalArgumentException if it is out of bounds
     */
    public void drift(double value) {
        Check.that(value >= 0.5 && value <= 2, "clock rate (%s) must be between 0.5 and 2", value);
        rebase(0, value);
    }

    private void rebase(long leap, double newRate) {
        localBase = nanoTime() + leap;
        worldBase = kernel.now();
        rate = newRate;
        kernel.retime();
    }

    /** The world's instant at which this clock will show a reading; rounded up, so that a timer is never early. */
    long worldTime(long local) {
        long ahead = local - localBase;
        if (rate == 1.0) {
            return worldBase + ahead;
        }
        long at = worldBase + (long) Math.ceil(ahead / rate);
        return localBase + (long) ((at - worldBase) * rate) - local < 0 ? at + 1 : at;
    }
}
