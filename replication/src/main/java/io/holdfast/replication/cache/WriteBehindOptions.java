package io.holdfast.replication.cache;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How writes wait in memory before they are written: until then they die with the process.
 *
 * @param delay how long a write waits for later ones of its key, which take its place
 * @param maxQueued how many keys may have a write that waits or is under way; a write of one more is refused with {@link io.holdfast.core.OverloadedException}
 * @param batch how many keys are written at once
 * @param retryPause how long a write that failed and may be tried again waits at first; twice as long each time, up to {@code maxRetryPause}, and up to half of it at random
 * @param maxRetryPause the longest pause
 * @param closeLimit how long closing the cache waits for what is queued
 */
public record WriteBehindOptions(
        Duration delay, int maxQueued, int batch, Duration retryPause, Duration maxRetryPause, Duration closeLimit) {
    /**
     * Checks the numbers.
     *
     * @param delay as the component
     * @param maxQueued as the component
     * @param batch as the component
     * @param retryPause as the component
     * @param maxRetryPause as the component
     * @param closeLimit as the component
     * @throws IllegalArgumentException if one is out of bounds
     */
    public WriteBehindOptions {
        Check.notNegative("delay", delay);
        Check.between("maxQueued", maxQueued, 1, 10_000_000);
        Check.between("batch", batch, 1, 100_000);
        Check.positive("retryPause", retryPause);
        Check.that(
                maxRetryPause.compareTo(retryPause) >= 0 && maxRetryPause.compareTo(Duration.ofHours(1)) <= 0,
                "maxRetryPause (%s) must be between retryPause (%s) and an hour",
                maxRetryPause,
                retryPause);
        Check.notNegative("closeLimit", closeLimit);
    }

    /**
     * Writes wait 100 ms, 10,000 keys at most, 64 at once, tried again after 100 ms to 10 s; closing waits 10 s.
     *
     * @return the options
     */
    public static WriteBehindOptions standard() {
        return new WriteBehindOptions(
                Duration.ofMillis(100),
                10_000,
                64,
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
    }

    /**
     * Another delay.
     *
     * @param value how long a write waits for later ones of its key
     * @return the changed copy
     */
    public WriteBehindOptions withDelay(Duration value) {
        return new WriteBehindOptions(value, maxQueued, batch, retryPause, maxRetryPause, closeLimit);
    }

    /**
     * Other bounds.
     *
     * @param queued how many keys may have a write that waits or is under way
     * @param atOnce how many are written at once
     * @return the changed copy
     */
    public WriteBehindOptions withBounds(int queued, int atOnce) {
        return new WriteBehindOptions(delay, queued, atOnce, retryPause, maxRetryPause, closeLimit);
    }
}
