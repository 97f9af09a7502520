package io.holdfast.core;

import java.time.Duration;

/**
 * The instant on this node's monotonic clock after which nobody wants the answer any more.
 *
 * <p>A deadline is local to one process. On the wire it travels as the time that remains, so that clocks of two machines are never compared.
 *
 * @param nanos the instant, in nanoseconds of {@link io.holdfast.core.env.MonotonicClock}; ignored by {@link #NONE}
 */
public record Deadline(long nanos) {
    /** No deadline: never expires. */
    public static final Deadline NONE = new Deadline(Long.MAX_VALUE);

    /** The longest duration that is told apart from no deadline: about 146 years. */
    private static final long FAR = Long.MAX_VALUE / 2;

    /**
     * The instant a duration from now. A duration of 146 years or more is {@link #NONE}.
     *
     * @param nowNanos the monotonic clock's reading now
     * @param duration how long from now; zero or less is already expired
     * @return the deadline
     */
    public static Deadline after(long nowNanos, Duration duration) {
        if (duration.getSeconds() >= FAR / 1_000_000_000L) {
            return NONE;
        }
        return new Deadline(nowNanos + duration.toNanos());
    }

    /**
     * Whether there is no deadline.
     *
     * @return true for {@link #NONE}
     */
    public boolean isNone() {
        return nanos == Long.MAX_VALUE;
    }

    /**
     * How long is left.
     *
     * @param nowNanos the monotonic clock's reading now
     * @return nanoseconds, negative when expired; {@link Long#MAX_VALUE} for {@link #NONE}
     */
    public long remainingNanos(long nowNanos) {
        return isNone() ? Long.MAX_VALUE : nanos - nowNanos;
    }

    /**
     * Whether the deadline has passed.
     *
     * @param nowNanos the monotonic clock's reading now
     * @return true when nothing is left
     */
    public boolean isExpired(long nowNanos) {
        return remainingNanos(nowNanos) <= 0;
    }

    /**
     * The earlier of two deadlines.
     *
     * @param other another deadline of the same process
     * @return this or the other
     */
    public Deadline earlier(Deadline other) {
        if (isNone()) {
            return other;
        }
        return other.isNone() || nanos - other.nanos <= 0 ? this : other;
    }
}
