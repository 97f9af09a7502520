package io.holdfast.core.env;

/** A clock that never goes back and means nothing outside this process: for durations, deadlines and leases. */
@FunctionalInterface
public interface MonotonicClock {
    /**
     * Reads the clock.
     *
     * @return nanoseconds since an arbitrary instant; compare by subtraction only
     */
    long nanoTime();
}
